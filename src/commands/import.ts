import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { type FileChunk, fileChunks } from './file-chunks.ts';
import { type ImportProgress, importProgress } from './import-progress.ts';
import { createServiceClient, type Problems, type ServiceClient, serviceUrl } from './service-client.ts';

/** A service that restarts is waited for. */
const PATIENCE_MS = 5 * 60_000;
const MOST_PROBLEMS = 20;

const answerSchema = z.object({ packets: z.number(), readings: z.number().default(0) });

export const importFiles: Command = {
  usage: 'kvarter import FILE… [--url URL] [--config FILE] [--json]',
  help: `Each FILE is CSV with the header time,device,quantity,value[,channel], or NDJSON with a raw packet per line:
{"topic": …, "payload" or "payloadBase64": …, "receivedAt": …}. Files that end in .gz are unpacked.
A file is sent in parts. What is sent twice is stored once: after a failure send the file again.

  --url URL   the service; default: http.port of the configuration on this machine
  --json      a JSON line per report

  kvarter import 2025.csv 2026.csv.gz`,
  options: { url: { type: 'string' }, config: { type: 'string' }, json: { type: 'boolean' } },
  endsItself: true,
  files: { min: 1, max: Number.POSITIVE_INFINITY },
  run: async (context, args) => {
    const client = createServiceClient({
      url: serviceUrl(context, args),
      patienceMs: PATIENCE_MS,
      stop: context.stop,
      onRetry: (why, retryInMs) => context.complain(`kvarter: ${why}; next try in ${retryInMs / 1000} s\n`),
    });
    const progress = importProgress(context, args.values.json === true, await sizeOf(args.files));
    for (const file of args.files) {
      await sendFile(client, file, progress);
      progress.endFile();
    }
    progress.end();
    return 0;
  },
};

async function sendFile(client: ServiceClient, file: string, progress: ImportProgress): Promise<void> {
  let sent = 0;
  for await (const chunk of fileChunks(file)) {
    if (chunk.type === 'application/x-ndjson' && sent > 0 && isBlank(chunk)) continue;
    const { type, content } = chunk;
    const answer = await client.request({ path: '/api/v1/import', body: { type, content } }, answerSchema);
    if (!answer.ok) {
      const lines = inTermsOfFile(file, chunk, answer);
      const taken =
        sent > 0 ? `\nLines 1 to ${sent} are imported; send the whole file again once it is right.` : '';
      throw new KvarterError('input-invalid', `${lines.join('\n')}${taken}`);
    }
    sent += chunk.lines;
    progress.add(chunk, answer.value);
  }
}

/** The service counts the lines of what it was sent. */
function inTermsOfFile(
  file: string,
  chunk: FileChunk,
  { detail, problems }: { readonly detail: string; readonly problems: Problems },
): readonly string[] {
  const lines = problems.slice(0, MOST_PROBLEMS).map(({ path, message }) => {
    const [, line] = /^line (\d+)$/.exec(path) ?? [];
    return line === undefined
      ? `${file}: ${path}: ${message}`
      : `${file}:${chunk.lineOf(Number(line))}: ${message}`;
  });
  if (lines.length === 0) return [`${file}: ${detail}`];
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `${file}: and ${more} lines more`] : lines;
}

function isBlank({ content }: FileChunk): boolean {
  return content.length < 4096 && content.toString().trim() === '';
}

async function sizeOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    const found = await stat(file).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new KvarterError('input-invalid', `${file}: cannot be read (${why})`);
    });
    bytes += found.size;
  }
  return bytes;
}

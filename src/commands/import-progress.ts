import type { CommandContext } from './command.ts';
import type { FileChunk } from './file-chunks.ts';
import { createProgress } from './progress.ts';

/** How far an import has come. */
export interface ImportProgress {
  add(chunk: Pick<FileChunk, 'lines' | 'bytesRead'>, taken: { packets: number; readings: number }): void;
  endFile(): void;
  end(): void;
}

export function importProgress(
  context: Pick<CommandContext, 'clock' | 'print' | 'terminal'>,
  json: boolean,
  totalBytes: number,
): ImportProgress {
  const startMs = context.clock();
  let [lines, packets, readings, doneBytes, fileBytes] = [0, 0, 0, 0, 0];
  const report = createProgress(context, json, () => {
    const seconds = Math.max((context.clock() - startMs) / 1000, 0.001);
    const perSecond = Math.round(lines / seconds);
    return {
      share: totalBytes === 0 ? 1 : Math.min((doneBytes + fileBytes) / totalBytes, 1),
      says: `${lines} lines, ${packets} packets, ${perSecond} lines/s`,
      json: { lines, packets, readings, seconds, perSecond },
    };
  });
  return {
    add: (chunk, taken) => {
      lines += chunk.lines;
      packets += taken.packets;
      readings += taken.readings;
      fileBytes = chunk.bytesRead;
      report('more');
    },
    endFile: () => {
      doneBytes += fileBytes;
      fileBytes = 0;
    },
    end: () => report('end'),
  };
}

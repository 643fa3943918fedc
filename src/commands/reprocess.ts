import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import { isoTime } from '../domain/time.ts';
import type { Command } from './command.ts';
import { textOption, timeOption } from './options.ts';
import { createProgress } from './progress.ts';
import { createServiceClient, type ServiceAnswer, serviceUrl } from './service-client.ts';

const LOOK_MS = 250;
const PATIENCE_MS = 60_000;

const statusSchema = z.object({
  state: z.enum(['running', 'done', 'failed']),
  startedAt: z.string(),
  share: z.number(),
  packets: z.number(),
  readings: z.number(),
  rejects: z.number(),
  detail: z.string().optional(),
});

export const reprocess: Command = {
  usage: 'kvarter reprocess --from TIME [--device ID] [--url URL] [--config FILE] [--json]',
  help: `After a fix of the register, a mapping or a decoder: readings and intervals of what came since TIME are written
again, beside what comes now. As often as wanted; no alert is told. How far back the journal goes: journal.keepHours.
What a device sent before it was in the register is in the quarantine as well: kvarter quarantine replay.

  --from TIME   packets that came since then
  --device ID   readings of this device only
  --url URL     the service; default: http.port of the configuration on this machine
  --json        a JSON line per report

  kvarter reprocess --from 2026-01-15T00:00:00+01:00 --device el-b1`,
  options: {
    from: { type: 'string' },
    device: { type: 'string' },
    url: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  endsItself: true,
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const [fromMs, device] = [timeOption(args, 'from'), textOption(args, 'device')];
    if (fromMs === undefined) throw new KvarterError('usage', 'reprocess needs --from TIME');
    const client = createServiceClient({
      url: serviceUrl(context, args),
      patienceMs: PATIENCE_MS,
      stop: context.stop,
      onRetry: (why, retryInMs) => context.complain(`kvarter: ${why}; next try in ${retryInMs / 1000} s\n`),
    });
    const path = '/api/v1/reprocess';
    const content = JSON.stringify({ from: isoTime(fromMs), device });
    let status = started(
      await client.request({ path, body: { type: 'application/json', content } }, statusSchema),
    );
    const { startedAt } = status;
    const report = createProgress(context, args.values.json === true, () => {
      const { share, packets, readings, rejects } = status;
      return {
        share,
        says: `${packets} packets, ${readings} readings written, ${rejects} rejects`,
        json: { packets, readings, rejects },
      };
    });
    while (status.state === 'running') {
      await sleep(LOOK_MS, undefined, { signal: context.stop }).catch(() => undefined);
      const answer = await client.request({ path }, statusSchema);
      if (!answer.ok || answer.value.startedAt !== startedAt) {
        throw new KvarterError('service-unavailable', 'the service was restarted meanwhile: begin again');
      }
      status = answer.value;
      report('more');
    }
    report('end');
    if (status.state === 'done') return 0;
    throw new KvarterError(
      'service-unavailable',
      `it ended early: ${status.detail ?? 'see the log of the service'}`,
    );
  },
};

function started<T>(answer: ServiceAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new KvarterError('usage', answer.detail);
}

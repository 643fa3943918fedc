import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ScoredAlert, TrueEvent } from '../../simulators/score/scored.ts';
import { KvarterError } from '../domain/errors.ts';
import { parseIsoTime } from '../domain/time.ts';

/** How many buildings were watched, for how many months of 30.44 days, and how that is known. */
export type Watched = {
  readonly buildings: number;
  readonly months: number;
  readonly isGuess: boolean;
  /** What comes before is not scored: the rules were learning. */
  readonly fromMs: number;
};

const MONTH_MS = 30.44 * 86_400_000;

/** What `kvarter simulate` says of a run, beside its files. */
export const runSchema = z.object({
  from: z.string(),
  scoredFrom: z.string().optional(),
  to: z.string(),
  buildings: z.array(z.string()),
});

export function watchedSpan(
  folder: string,
  truth: readonly TrueEvent[],
  alerts: readonly ScoredAlert[],
  givenMs: number | undefined,
): Watched {
  const file = join(folder, 'run.json');
  if (existsSync(file)) return spanOfRun(file, givenMs);
  const scoredMs = givenMs ?? Number.NEGATIVE_INFINITY;
  const times = [
    ...truth.flatMap(({ from, to }) => [parseIsoTime(from), parseIsoTime(to ?? from)]),
    ...alerts.map(({ firedMs }) => firedMs),
  ]
    .filter((atMs) => atMs !== undefined)
    .filter((atMs) => atMs >= scoredMs);
  const buildings = new Set([...truth, ...alerts].map(({ building }) => building));
  let [fromMs, toMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const atMs of times) [fromMs, toMs] = [Math.min(fromMs, atMs), Math.max(toMs, atMs)];
  const spanMs = Number.isFinite(toMs - fromMs) ? toMs - fromMs : 0;
  // Of less than a day nothing can be said by the month.
  const months = Math.max(spanMs, MONTH_MS / 30.44) / MONTH_MS;
  return { buildings: Math.max(buildings.size, 1), months, isGuess: true, fromMs: scoredMs };
}

function spanOfRun(file: string, givenMs: number | undefined): Watched {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KvarterError('input-invalid', `${file}: cannot be read (${why}): delete it, or simulate anew`);
  }
  const run = runSchema.safeParse(value);
  const said = [run.data?.scoredFrom ?? run.data?.from, run.data?.to];
  const [startMs, toMs] = said.map((text) => parseIsoTime(text ?? ''));
  const fromMs = givenMs ?? startMs;
  if (!run.success || fromMs === undefined || toMs === undefined) {
    throw new KvarterError('input-invalid', `${file}: is not what kvarter simulate writes: delete it`);
  }
  return {
    buildings: Math.max(run.data.buildings.length, 1),
    months: Math.max(toMs - fromMs, 0) / MONTH_MS,
    isGuess: false,
    fromMs,
  };
}

import { readFileSync } from 'node:fs';

/** One life of the service: its resident memory, second by second. */
export type Life = { readonly samples: { readonly second: number; readonly mb: number }[] };

export type MemoryVerdict = {
  readonly lifeSeconds: number;
  readonly meanMb: number;
  readonly mostMb: number;
  /** By the fitted line, over the fitted time; undefined when the life was too short to tell. */
  readonly growthMb: number | undefined;
  readonly isFlat: boolean;
};

/** The heap, caches and DuckDB's memory fill up at first; what grows after that is a leak. */
const WARM_UP_SHARE = 0.3;
const LEAST_WARM_UP_SECONDS = 30;
/** A shorter stretch says more about the garbage collector's rhythm than about a leak. */
const LEAST_FITTED_SECONDS = 60;
/** Within the fitted time a line may rise by this share of the mean, or by this much. */
const MOST_GROWTH_SHARE = 0.1;
const MOST_GROWTH_MB = 20;

/** Resident memory of a process now, MB; undefined when it is gone. */
export function residentMb(pid: number): number | undefined {
  try {
    const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}

export function judgeMemory({ samples }: Life): MemoryVerdict {
  const lifeSeconds = samples.at(-1)?.second ?? 0;
  const warmUp = Math.max(WARM_UP_SHARE * lifeSeconds, LEAST_WARM_UP_SECONDS);
  const fitted = samples.filter(({ second }) => second >= warmUp);
  const all = samples.map(({ mb }) => mb);
  const shown = { lifeSeconds, meanMb: mean(all), mostMb: Math.max(...all, 0) };
  const seconds = lifeSeconds - warmUp;
  if (seconds < LEAST_FITTED_SECONDS) return { ...shown, growthMb: undefined, isFlat: true };
  const growthMb = slope(fitted) * seconds;
  const most = Math.max(MOST_GROWTH_SHARE * mean(fitted.map(({ mb }) => mb)), MOST_GROWTH_MB);
  return { ...shown, growthMb, isFlat: growthMb <= most };
}

/** Of the least-squares line, MB a second. */
function slope(samples: Life['samples']): number {
  const atMean = mean(samples.map(({ second }) => second));
  const mbMean = mean(samples.map(({ mb }) => mb));
  let [over, under] = [0, 0];
  for (const { second, mb } of samples) {
    over += (second - atMean) * (mb - mbMean);
    under += (second - atMean) ** 2;
  }
  return under === 0 ? 0 : over / under;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

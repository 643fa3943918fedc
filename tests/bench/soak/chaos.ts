import { setTimeout as wait } from 'node:timers/promises';
import type { Lives } from './lives.ts';
import type { SoakStore } from './stores.ts';

/** Kills the service again and again until the time is over; gives how often. */
export async function killAtRandom(lives: Lives, chance: () => number, lengthMs: number): Promise<number> {
  const endMs = performance.now() + lengthMs;
  const [leastMs, mostMs] = pauses(lengthMs);
  for (let kills = 0; ; kills += 1) {
    const pauseMs = leastMs + chance() * (mostMs - leastMs);
    if (performance.now() + pauseMs > endMs) return kills;
    await wait(pauseMs);
    await lives.kill();
  }
}

/** Takes the store away again and again, each way in turn; gives what it was. */
export async function failAtRandom(
  { outage }: SoakStore,
  chance: () => number,
  lengthMs: number,
): Promise<readonly string[]> {
  const outages: string[] = [];
  if (outage === undefined) return outages;
  const endMs = performance.now() + lengthMs;
  const [leastMs, mostMs] = pauses(lengthMs);
  for (;;) {
    const pauseMs = leastMs + chance() * (mostMs - leastMs);
    const outageMs = leastMs / 2 + chance() * leastMs;
    if (performance.now() + pauseMs + outageMs > endMs) return outages;
    await wait(pauseMs);
    outages.push(await outage(outages.length, outageMs));
  }
}

/** About a dozen in the time, ten seconds to a minute apart in a long run. */
function pauses(lengthMs: number): readonly [number, number] {
  const leastMs = Math.min(lengthMs / 20, 10_000);
  return [leastMs, leastMs * 4];
}

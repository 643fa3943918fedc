import type { Clock } from '../src/domain/time.ts';

/** Event time that starts at `startMs` now and runs `speed` times as fast as `now`. */
export function createPacedClock({
  startMs,
  speed,
  now,
}: {
  startMs: number;
  speed: number;
  now: Clock;
}): Clock {
  const startedMs = now();
  return () => startMs + (now() - startedMs) * speed;
}

import type { Clock } from '../domain/time.ts';
import type { Journal } from '../journal/journal.ts';

const LOOK_MS = 200;

/** Journals each full minute of the clock, so that rules see time pass while no reading comes. */
export function startTicks(
  journal: Pick<Journal, 'append'>,
  clock: Clock,
  onTrouble: (error: Error, retryInMs: number) => void,
): Disposable {
  let minute = Math.floor(clock() / 60_000);
  // Looked at often rather than awaited for a minute: a machine may have slept, and the demo's clock runs fast.
  const timer = setInterval(() => {
    const now = Math.floor(clock() / 60_000);
    if (now <= minute) return;
    minute = now;
    journal
      .append({ kind: 'tick', atMs: now * 60_000 })
      .catch((cause: unknown) =>
        onTrouble(cause instanceof Error ? cause : new Error(String(cause)), 60_000),
      );
  }, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

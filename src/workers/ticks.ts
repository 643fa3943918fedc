import { asError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';
import type { Journal } from '../journal/journal.ts';

export type TicksOptions = {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  /** Time that has gone by, whatever is done to the clock, ms. */
  readonly elapsed: Clock;
  /** The clock was set by so much, ms. */
  readonly onStep: (steppedMs: number) => void;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
};

const LOOK_MS = 200;
/** A clock that is slewed differs by less than this in a look, also while the process stands still for seconds. */
const STEP_MS = 2000;

/**
 * Journals each full minute of the clock, so that rules see time pass while no reading comes; and at once when the clock
 * was set (NTP, a person, a machine that slept), so that they do not take that for silence.
 */
export function startTicks({ journal, clock, elapsed, onStep, onTrouble }: TicksOptions): Disposable {
  let [lastMs, lastElapsedMs] = [clock(), elapsed()];
  let minute = Math.floor(lastMs / 60_000);

  const tick = (atMs: number, steppedMs?: number) => {
    journal
      .append({ kind: 'tick', atMs, ...(steppedMs === undefined ? {} : { steppedMs }) })
      .catch((cause: unknown) => onTrouble(asError(cause), 60_000));
  };
  // Looked at often rather than awaited for a minute: a machine may have slept, and the demo's clock runs fast.
  const timer = setInterval(() => {
    const [nowMs, elapsedMs] = [clock(), elapsed()];
    const steppedMs = Math.round(nowMs - lastMs - (elapsedMs - lastElapsedMs));
    [lastMs, lastElapsedMs] = [nowMs, elapsedMs];
    const now = Math.floor(nowMs / 60_000);
    if (Math.abs(steppedMs) >= STEP_MS) {
      minute = now;
      onStep(steppedMs);
      tick(nowMs, steppedMs);
    } else if (now > minute) {
      minute = now;
      tick(now * 60_000);
    }
  }, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

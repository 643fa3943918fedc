import { isAcknowledged } from '../alerts/acts.ts';
import type { AlertStore } from '../alerts/alert-store.ts';
import type { SilenceBook } from '../alerts/silences.ts';

/** Is an alert still to be escalated: now, never, or not before a moment (ms)? */
export type Standing =
  | { readonly is: 'open' }
  | { readonly is: 'over' }
  | { readonly is: 'waits'; readonly untilMs: number };

/** Something may hold an alert for as long as it likes, so it is looked at again after this. */
const HELD_LOOK_MS = 60_000;

/** Nobody is called for what is over, what somebody has taken on (until then), or what a silence or another alert holds. */
export function standingIn(
  alerts: Pick<AlertStore, 'find' | 'lifeOf'>,
  silences: Pick<SilenceBook, 'covering'>,
): (alert: string, nowMs: number) => Standing {
  return (id, nowMs) => {
    const alert = alerts.find(id);
    if (alert?.state !== 'firing') return { is: 'over' };
    const life = alerts.lifeOf(id);
    if (isAcknowledged(life, nowMs)) {
      const { untilMs } = life.acknowledgement ?? {};
      return untilMs === undefined ? { is: 'over' } : { is: 'waits', untilMs };
    }
    const isHeld = life.held !== undefined || silences.covering(alert, nowMs) !== undefined;
    return !isHeld ? { is: 'open' } : { is: 'waits', untilMs: nowMs + HELD_LOOK_MS };
  };
}

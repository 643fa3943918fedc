import type { AlertStore } from '../alerts/alert-store.ts';
import { asError } from '../domain/errors.ts';
import type { Clock } from '../domain/time.ts';

export type HeldAlertsOptions = {
  readonly alerts: Pick<AlertStore, 'tellReleased'>;
  readonly notifiers: readonly string[];
  readonly clock: Clock;
  readonly onAlerts: () => void;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
};

export type HeldAlerts = {
  /** Looks now; it does so by itself every few seconds. */
  readonly look: () => void;
} & Disposable;

const LOOK_MS = 5000;

/** Tells what was held back, once nothing holds it any more and it still fires. */
export function watchHeldAlerts({
  alerts,
  notifiers,
  clock,
  onAlerts,
  onTrouble,
}: HeldAlertsOptions): HeldAlerts {
  const look = () => {
    try {
      if (alerts.tellReleased(clock(), notifiers).length > 0) onAlerts();
    } catch (cause) {
      onTrouble(asError(cause), LOOK_MS);
    }
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return { look, [Symbol.dispose]: () => clearInterval(timer) };
}

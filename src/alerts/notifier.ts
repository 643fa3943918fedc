import type { AlertChange } from '../domain/alert.ts';

/**
 * Tells somebody that an alert fires, or that it fired and is resolved. A change is given again until it was taken
 * once, and now and then after that (a crash came before it was noted): receivers deduplicate by alert id and state.
 */
export interface Notifier {
  /** Unique, and the same after a restart: what is not delivered waits under this name. */
  readonly name: string;
  /** Resolves when it was taken; rejects with `notify-failed`, also when the signal gives it up. */
  notify(change: AlertChange, signal?: AbortSignal): Promise<void>;
}

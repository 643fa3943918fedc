import { type AlertChange, tellingOf } from '../domain/alert.ts';
import type { Notifier } from './notifier.ts';

/** Tells the notifiers what cannot be queued for them, because the state database cannot be written. */
export type DirectNews = {
  /** Everything that is not saved yet; what a notifier has taken already it is not told again. */
  readonly tell: (changes: readonly AlertChange[]) => void;
  /** All of it is saved now. */
  readonly forget: () => void;
};

/** In order for each notifier, one at a time; what fails is tried again at the next call. */
export function createDirectNews(notifiers: readonly Notifier[]): DirectNews {
  let taken = new Set<string>();
  const busy = new Set<Notifier>();

  const tellOne = async (notifier: Notifier, changes: readonly AlertChange[]) => {
    busy.add(notifier);
    try {
      for (const change of changes) {
        const key = `${notifier.name}|${change.alert.id}|${tellingOf(change.alert)}`;
        if (taken.has(key) || !isNews(change)) continue;
        await notifier.notify(change);
        taken.add(key);
      }
    } catch {
      // The caller calls again, and has said already that something is wrong.
    } finally {
      busy.delete(notifier);
    }
  };

  return {
    tell: (changes) => {
      const all = [...changes];
      for (const notifier of notifiers) if (!busy.has(notifier)) void tellOne(notifier, all);
    },
    forget: () => {
      taken = new Set();
    },
  };
}

/** As the alert store has it: what is pending, or passed before it fired, nobody is told. */
function isNews({ alert }: AlertChange): boolean {
  return alert.firedAtMs !== undefined;
}

import cron from 'node-cron';
import type { Cursor, Journal } from '../journal/journal.ts';

export type HousekeepingOptions = {
  readonly journal: Pick<Journal, 'head' | 'trim'>;
  /** The oldest place that a reader still needs. */
  readonly oldest: () => Cursor | undefined;
  /** How long the journal is kept after the readers are done with it. */
  readonly keepHours: number;
  readonly pruneAlerts: () => void;
};

/** Hourly: forgets the part of the journal that nobody needs and that has been kept long enough, and old alerts. */
export function startHousekeeping(options: HousekeepingOptions): Disposable {
  const { journal, oldest, keepHours, pruneAlerts } = options;
  /** Where the journal ended at each full hour. */
  const marks: Cursor[] = [];
  const task = cron.schedule('17 * * * *', async () => {
    marks.push(journal.head());
    while (marks.length > keepHours + 1) marks.shift();
    const [kept] = marks;
    const needed = oldest();
    if (marks.length > keepHours && kept !== undefined && needed !== undefined) {
      // Places are texts whose order is theirs.
      await journal.trim([kept, needed].toSorted()[0] ?? needed);
    }
    pruneAlerts();
  });
  return {
    [Symbol.dispose]: () => {
      void task.destroy();
    },
  };
}

import { openFileJournal } from './file-journal.ts';
import type { Journal } from './journal.ts';
import { watchAppends } from './watch-appends.ts';
import { watchRoom } from './watch-room.ts';

export type OpenJournalOptions = {
  readonly dir: string;
  readonly segmentMb: number;
  readonly maxGb: number;
  /** From this share of its room on it is short of it, 0 … 1. */
  readonly lowShare: number;
  readonly log: Log;
};

type Log = Readonly<Record<'error' | 'warn' | 'info', (fields: object, message: string) => void>>;

/** The journal of the running service: what happens to it is logged, and it says how it is. */
export type WatchedJournal = Journal & {
  readonly health: () => { readonly ok: boolean; readonly detail?: string };
  /** What is short of room, in a sentence; undefined while nothing is. */
  readonly low: () => string | undefined;
  /** Why the newest record could not be written; undefined when it could. */
  readonly failure: () => Error | undefined;
  /** At this size appending waits, bytes. */
  readonly maxBytes: () => number;
  /** Free for it on its disk, bytes. */
  readonly freeBytes: () => number;
  /** Bytes of damage that were found since the start. */
  readonly damagedBytes: () => number;
};

export async function openJournal({
  dir,
  segmentMb,
  maxGb,
  lowShare,
  log,
}: OpenJournalOptions): Promise<WatchedJournal> {
  const maxBytes = maxGb * 1024 ** 3;
  let damagedBytes = 0;
  const journal = await openFileJournal({
    dir,
    segmentBytes: segmentMb * 1024 ** 2,
    maxBytes,
    onCut: (cut) => log.warn({ ...cut }, 'the newest journal file ended in an unfinished write and was cut'),
    onGap: (from, oldest) =>
      log.error(
        { from, oldest },
        'a reader goes on from the oldest journal file that is kept, but its place was before it: files between are missing',
      ),
    onDamage: (damage) => {
      damagedBytes += damage.bytes;
      log.error(
        { ...damage },
        'a journal file is damaged: what was taken in there is lost to those who have not read it yet; check the disk',
      );
    },
  });
  const intake = watchAppends(journal);
  const room = watchRoom({
    dir,
    journal,
    maxBytes,
    lowShare,
    onLow: (detail) => log.warn({ part: 'journal' }, detail),
    onEased: () => log.info({ part: 'journal' }, 'the journal has room again'),
  });
  return {
    ...journal,
    append: intake.append,
    health: () => {
      const failure = intake.failure();
      if (failure) return { ok: false, detail: failure.message };
      const detail = room.low() ?? damageText(damagedBytes);
      return { ok: !journal.isFull(), ...(detail === undefined ? {} : { detail }) };
    },
    low: room.low,
    failure: intake.failure,
    maxBytes: () => maxBytes,
    freeBytes: room.freeBytes,
    damagedBytes: () => damagedBytes,
    [Symbol.asyncDispose]: async () => {
      room[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
    },
  };
}

function damageText(bytes: number): string | undefined {
  return bytes > 0 ? `${bytes} bytes of damage were found and passed over: see the log` : undefined;
}

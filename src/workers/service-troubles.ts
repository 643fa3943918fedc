import type { ServiceTrouble } from '../alerts/service-watch.ts';
import type { Worker } from './reader.ts';

type Health = { readonly ok: boolean; readonly detail?: string };

/** What an operator has to know of, and from when on. */
export type TroubleSources = {
  readonly journal: {
    readonly low: () => string | undefined;
    readonly failure: () => Error | undefined;
    readonly isFull: () => boolean;
    readonly damagedBytes: () => number;
  };
  readonly readers: Readonly<Record<'store' | 'rules', Pick<Worker, 'trouble'>>>;
  /** Why a reader has ended for good. */
  readonly death: (reader: string) => Error | undefined;
  /** By `broker NAME`. */
  readonly brokers: () => Readonly<Record<string, Health>>;
  /** What is wrong with the register's files, which are not used therefore. */
  readonly register: () => string | undefined;
  /** The same of the credentials' file. */
  readonly credentials: () => string | undefined;
  readonly quarantine: { readonly rows: () => number; readonly forgotten: () => number };
  readonly maxQuarantineRows: number;
  readonly settings: {
    /** From this much of a bound on, %. */
    readonly roomPct: number;
    /** How long a store or a broker may be away. */
    readonly storeMinutes: number;
    readonly brokerMinutes: number;
  };
};

/** Longer than it takes to trim a journal at its bound. */
const FULL_MS = 10_000;

export function serviceTroubles(sources: TroubleSources): () => readonly ServiceTrouble[] {
  const { journal, readers, death, register, settings } = sources;
  const [storeMs, brokerMs] = [settings.storeMinutes * 60_000, settings.brokerMinutes * 60_000];
  const critical = (subject: string, title: string, forMs: number, detail: string | undefined) =>
    ({ subject, severity: 'critical', title, forMs, detail }) as const;
  const warning = (subject: string, title: string, forMs: number, detail: string | undefined) =>
    ({ subject, severity: 'warning', title, forMs, detail }) as const;
  return () => [
    warning('journal room', 'The journal is short of room', 0, journal.low()),
    critical(
      'journal bound',
      'The journal is full and publishers wait',
      FULL_MS,
      journal.isFull()
        ? 'it has reached journal.maxGb, because a reader is behind: see store and rules'
        : undefined,
    ),
    critical(
      'journal',
      'The journal cannot be written: nothing is acknowledged',
      0,
      journal.failure()?.message,
    ),
    critical('journal damage', 'The journal is damaged', 0, damageText(journal.damagedBytes())),
    critical(
      'store',
      'Readings wait in the journal for the store',
      storeMs,
      death('store') ? undefined : readers.store.trouble()?.message,
    ),
    critical('store reader', 'Nothing is stored any more', 0, endText(death('store'))),
    critical(
      'rules',
      'Readings wait in the journal for the rules',
      storeMs,
      death('rules') ? undefined : readers.rules.trouble()?.message,
    ),
    critical('rules reader', 'The rules are not run any more', 0, endText(death('rules'))),
    ...Object.entries(sources.brokers()).map(([broker, { ok, detail }]) =>
      warning(
        broker,
        `Nothing comes from ${broker}`,
        brokerMs,
        ok ? undefined : (detail ?? 'it is not connected'),
      ),
    ),
    warning('register', 'The building register is wrong and the one before it is used', 0, register()),
    warning(
      'credentials',
      'The credentials are wrong and those before them are used',
      0,
      sources.credentials(),
    ),
    warning('quarantine', 'The quarantine is nearly full', 0, quarantineText(sources)),
  ];
}

function damageText(bytes: number): string | undefined {
  if (bytes === 0) return undefined;
  return `${bytes} bytes were found damaged since the start and are passed over: see the log, and check the disk`;
}

function endText(death: Error | undefined): string | undefined {
  return (
    death && `${death.message}. What is taken in waits in the journal; mend the cause and start kvarter again`
  );
}

function quarantineText({ quarantine, maxQuarantineRows, settings }: TroubleSources): string | undefined {
  const rows = quarantine.rows();
  if (maxQuarantineRows === 0 || rows < (settings.roomPct / 100) * maxQuarantineRows) return undefined;
  const forgotten = quarantine.forgotten();
  const lost = forgotten > 0 ? `; ${forgotten} of the oldest are forgotten already` : '';
  return `it holds ${rows} of ${maxQuarantineRows} rows (ingest.quarantineRows)${lost}: see kvarter quarantine counts, mend and replay or discard them`;
}

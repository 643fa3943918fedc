import type { ServiceTrouble } from '../alerts/service-watch.ts';
import type { Facts } from '../domain/alert.ts';
import type { Worker } from './reader.ts';
import type { RulesWorker } from './rules-worker.ts';

const fileKinds = ['register', 'mappings', 'rule file', 'credentials', 'recipients'] as const;
type WatchedFile = { readonly problem: () => string | undefined };
type Health = { readonly ok: boolean; readonly detail?: string };

/** What an operator has to know of, and from when on. */
export type TroubleSources = {
  readonly journal: {
    readonly low: () => string | undefined;
    readonly failure: () => Error | undefined;
    readonly isFull: () => boolean;
    readonly damagedBytes: () => number;
    readonly sizeBytes: () => number;
    readonly maxBytes: () => number;
  };
  readonly readers: {
    readonly store: Pick<Worker, 'trouble'>;
    readonly rules: Pick<RulesWorker, 'trouble' | 'unsaved'>;
  };
  /** Why a reader has ended for good. */
  readonly death: (reader: string) => Error | undefined;
  /** By `broker NAME`. */
  readonly brokers: () => Readonly<Record<string, Health>>;
  /** Files that are read again when they change, and what is wrong with them, so that what they said before is used. */
  readonly files: Readonly<Record<(typeof fileKinds)[number], WatchedFile | undefined>>;
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

/** Longer than a file is found half written, and read again. */
const WRITTEN_MS = 3000;

/** What it is, and what to do first; said in other languages by `alerts.service` of the words, `trouble` being the key here. */
export const serviceTexts = {
  'journal room': {
    severity: 'warning',
    title: 'The journal is short of room',
    todo: 'First see why a reader is behind (store and rules in /health), then make room on the disk.',
  },
  'journal bound': {
    severity: 'critical',
    title: 'The journal is full and publishers wait',
    todo: 'First bring the store back, or raise journal.maxGb where the disk has room.',
  },
  journal: {
    severity: 'critical',
    title: 'The journal cannot be written: nothing is acknowledged',
    todo: 'First look at the disk: is it full, read-only or failing?',
  },
  'journal damage': {
    severity: 'critical',
    title: 'The journal is damaged',
    todo: 'First look at the log for what was passed over, then check the disk.',
  },
  store: {
    severity: 'critical',
    title: 'Readings wait in the journal for the store',
    todo: 'Nothing is lost meanwhile. First see whether the store runs and is reached, then its token and its disk.',
  },
  'store reader': {
    severity: 'critical',
    title: 'Nothing is stored any more',
    todo: 'What is taken in waits in the journal; mend the cause and start kvarter again.',
  },
  rules: {
    severity: 'critical',
    title: 'Readings wait in the journal for the rules',
    todo: 'No alert is told meanwhile. First look at the disk of dataDir, then at the log.',
  },
  'rules reader': {
    severity: 'critical',
    title: 'The rules are not run any more',
    todo: 'What is taken in waits in the journal; mend the cause and start kvarter again.',
  },
  'rules snapshot': {
    severity: 'warning',
    title: 'What the rules know cannot be saved',
    todo: 'Alerts go on; a restart reads the journal again from where it was saved last. First look at the disk of dataDir.',
  },
  register: {
    severity: 'warning',
    title: 'The building register is wrong and the one before it is used',
    todo: 'Mend the file at that line; it is read again by itself.',
  },
  mappings: {
    severity: 'warning',
    title: 'A mapping is wrong and those before are used',
    todo: 'Mend the file at that line; it is read again by itself.',
  },
  'rule file': {
    severity: 'warning',
    title: 'The rule file is wrong and the rules before it are used',
    todo: 'Mend the file at that line (kvarter rules check says the same); it is read again by itself.',
  },
  credentials: {
    severity: 'warning',
    title: 'The credentials are wrong and those before them are used',
    todo: 'Mend the file at that line; it is read again by itself.',
  },
  recipients: {
    severity: 'warning',
    title: 'The recipients of alerts are wrong and those before them are told',
    todo: 'Mend the file at that line; it is read again by itself.',
  },
  quarantine: {
    severity: 'warning',
    title: 'The quarantine is nearly full',
    todo: 'See kvarter quarantine counts, mend the cause, and replay or discard them.',
  },
  broker: {
    severity: 'warning',
    title: 'Nothing comes from the broker',
    todo: 'First see whether the broker runs and is reached, then its user and certificate.',
  },
} as const satisfies Readonly<Record<string, Pick<ServiceTrouble, 'severity' | 'title' | 'todo'>>>;

export function serviceTroubles(sources: TroubleSources): () => readonly ServiceTrouble[] {
  const { journal, readers, death, settings } = sources;
  const [storeMs, brokerMs] = [settings.storeMinutes * 60_000, settings.brokerMinutes * 60_000];
  const one = (
    kind: keyof typeof serviceTexts,
    says: string | undefined,
    { forMs = 0, facts = {} }: { readonly forMs?: number; readonly facts?: Facts } = {},
  ): ServiceTrouble => ({
    subject: kind,
    kind,
    ...serviceTexts[kind],
    forMs,
    detail: says,
    facts,
  });
  return () => {
    const journalMb = inMb(journal.sizeBytes());
    const room = { facts: { journalMb, maxMb: inMb(journal.maxBytes()) } };
    const waits = { facts: { journalMb } };
    const late = { forMs: storeMs, facts: { journalMb, limitMinutes: settings.storeMinutes } };
    const damagedBytes = journal.damagedBytes();
    return [
      one('journal room', journal.low(), room),
      one(
        'journal bound',
        journal.isFull() ? 'it has reached journal.maxGb, because a reader is behind' : undefined,
        { forMs: FULL_MS, ...room },
      ),
      one('journal', journal.failure()?.message, waits),
      one('journal damage', damageText(damagedBytes), { facts: { damagedBytes } }),
      one('store', death('store') ? undefined : readers.store.trouble()?.message, late),
      one('store reader', death('store')?.message, waits),
      one('rules', death('rules') ? undefined : readers.rules.trouble()?.message, late),
      one('rules reader', death('rules')?.message, waits),
      one('rules snapshot', readers.rules.unsaved()?.message, late),
      ...Object.entries(sources.brokers()).map(([broker, { ok, detail }]) => ({
        ...one('broker', ok ? undefined : (detail ?? 'it is not connected'), {
          forMs: brokerMs,
          facts: { limitMinutes: settings.brokerMinutes },
        }),
        subject: broker,
        title: `Nothing comes from ${broker}`,
      })),
      ...fileKinds.map((kind) => one(kind, sources.files[kind]?.problem(), { forMs: WRITTEN_MS })),
      one('quarantine', quarantineText(sources), {
        facts: { rows: sources.quarantine.rows(), maxRows: sources.maxQuarantineRows },
      }),
    ];
  };
}

function inMb(bytes: number): number {
  return Math.round(bytes / 104_857.6) / 10;
}

function damageText(bytes: number): string | undefined {
  if (bytes === 0) return undefined;
  return `${bytes} bytes were found damaged since the start and are passed over`;
}

function quarantineText({ quarantine, maxQuarantineRows, settings }: TroubleSources): string | undefined {
  const rows = quarantine.rows();
  if (maxQuarantineRows === 0 || rows < (settings.roomPct / 100) * maxQuarantineRows) return undefined;
  const forgotten = quarantine.forgotten();
  const lost = forgotten > 0 ? `; ${forgotten} of the oldest are forgotten already` : '';
  return `it holds ${rows} of ${maxQuarantineRows} rows (ingest.quarantineRows)${lost}`;
}

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ClockCount } from '../ingest/clock-counts.ts';
import type { Cursor } from '../journal/journal.ts';
import { type AccessSource, showAccess } from './access-metrics.ts';
import { type BoundSources, showBounds } from './bound-metrics.ts';

/** What the service counts and shows on `/metrics`. */
export type Metrics = {
  readonly registry: Registry;
  /** A frame of the journal was read. */
  readonly frame: (frame: {
    readonly records: number;
    readonly late: number;
    readonly rejects: readonly { readonly code: string }[];
  }) => void;
  readonly stored: { inc(count: number): void };
  readonly rejected: (code: string, count: number) => void;
  readonly troubles: (part: string) => void;
  readonly clockSteps: { inc(): void };
};

/** The parts of the service, for numbers that are asked for when somebody looks. */
export type MetricSources = {
  readonly limits: BoundSources['settings'];
  readonly broker: {
    readonly connections: () => number;
    readonly bounds: BoundSources['mqtt'];
    readonly access: AccessSource;
  };
  readonly subscribers: {
    readonly states: () => readonly { readonly broker: string; readonly connected: boolean }[];
  };
  readonly journal: Readonly<
    Record<'sizeBytes' | 'maxBytes' | 'freeBytes' | 'damagedBytes', () => number>
  > & {
    readonly bytesBehind: (place: Cursor | undefined) => number;
  };
  readonly quarantine: Readonly<Record<'rows' | 'forgotten', () => number>>;
  readonly delivery: { readonly waiting: () => number; readonly dead: { count(): number } };
  readonly decoder: { readonly clocks: () => readonly ClockCount[] };
  readonly readers: { readonly memoryBytes: () => number };
  /** The journal's readers, by name. */
  readonly workers: Readonly<Record<string, { readonly cursor: () => Cursor | undefined }>>;
  readonly alerts: {
    readonly counts: () => readonly {
      readonly rule: string;
      readonly state: string;
      readonly alerts: number;
    }[];
  };
};

type ShownGauge = readonly [name: string, help: string, read: (sources: MetricSources) => number];

const gauges: readonly ShownGauge[] = [
  ['kvarter_mqtt_connections', 'Open MQTT connections', ({ broker }) => broker.connections()],
  ['kvarter_journal_bytes', 'Bytes that the journal keeps', ({ journal }) => journal.sizeBytes()],
  [
    'kvarter_journal_max_bytes',
    'Bytes from which on publishers wait for the readers',
    ({ journal }) => journal.maxBytes(),
  ],
  [
    'kvarter_journal_free_bytes',
    'Bytes that are free for the journal on its disk',
    ({ journal }) => journal.freeBytes(),
  ],
  [
    'kvarter_journal_damaged_bytes',
    'Damage found in the journal since the start, bytes',
    ({ journal }) => journal.damagedBytes(),
  ],
  [
    'kvarter_decode_memory_bytes',
    'What decoders remember of earlier packets, of the fuller reader',
    ({ readers }) => readers.memoryBytes(),
  ],
  ['kvarter_quarantine_rows', 'Rejected packets that are kept', ({ quarantine }) => quarantine.rows()],
  [
    'kvarter_quarantine_forgotten',
    'Rejected packets that the bound has pushed out',
    ({ quarantine }) => quarantine.forgotten(),
  ],
  [
    'kvarter_outbox_waiting',
    'Notifications that are still to be delivered',
    ({ delivery }) => delivery.waiting(),
  ],
  [
    'kvarter_notifications_dead',
    'Notifications that nobody took and that are not tried again by themselves',
    ({ delivery }) => delivery.dead.count(),
  ],
];

export function createMetrics(): Metrics & { readonly watch: (sources: MetricSources) => void } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const packets = counter('kvarter_packets_total', 'Journaled packets that were read');
  const stored = counter('kvarter_readings_stored_total', 'Readings that were stored');
  const rejected = counter('kvarter_rejected_total', 'Packets and readings in quarantine, by code', ['code']);
  const late = counter('kvarter_readings_late_total', 'Readings that came more than a day after their time');
  const troubles = counter('kvarter_troubles_total', 'Failures that were tried again, by part', ['part']);
  return {
    registry,
    frame: (frame) => {
      packets.inc(frame.records);
      late.inc(frame.late);
      for (const { code } of frame.rejects) rejected.inc({ code });
    },
    stored,
    rejected: (code, count) => rejected.inc({ code }, count),
    troubles: (part) => troubles.inc({ part }),
    clockSteps: counter('kvarter_clock_steps_total', 'How often the clock was set, by two seconds or more'),
    watch: (sources) => {
      const { broker, subscribers, decoder, journal, workers, alerts: alertStore } = sources;
      showBounds(registry, { mqtt: broker.bounds, settings: sources.limits });
      for (const [name, help, read] of gauges) {
        const gauge: Gauge = new Gauge({
          name,
          help,
          registers: [registry],
          collect: () => gauge.set(read(sources)),
        });
      }
      showAccess(registry, broker.access);
      const behind: Gauge = new Gauge({
        name: 'kvarter_reader_behind_bytes',
        help: 'Bytes of the journal that a reader has not finished yet',
        labelNames: ['reader'],
        registers: [registry],
        collect: () => {
          for (const [reader, { cursor }] of Object.entries(workers))
            behind.set({ reader }, journal.bytesBehind(cursor()));
        },
      });
      const brokers: Gauge = new Gauge({
        name: 'kvarter_broker_connected',
        help: 'Is kvarter subscribed to the external broker? 1 or 0',
        labelNames: ['broker'],
        registers: [registry],
        collect: () => {
          for (const { broker: name, connected } of subscribers.states())
            brokers.set({ broker: name }, connected ? 1 : 0);
        },
      });
      const clocks: Counter = new Counter({
        name: 'kvarter_packet_clocks_total',
        help: 'Decoded packets, by format and by the clock that their times came from',
        labelNames: ['format', 'clock'],
        registers: [registry],
        collect: () => {
          clocks.reset();
          for (const { format, clock, packets: count } of decoder.clocks())
            clocks.inc({ format, clock }, count);
        },
      });
      const alerts: Gauge = new Gauge({
        name: 'kvarter_alerts',
        help: 'Alerts that are kept, by rule and state',
        labelNames: ['rule', 'state'],
        registers: [registry],
        collect: () => {
          alerts.reset();
          for (const { rule, state, alerts: count } of alertStore.counts())
            alerts.set({ rule, state }, count);
        },
      });
    },
  };
}

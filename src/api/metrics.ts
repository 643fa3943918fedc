import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ClockCount } from '../ingest/clock-counts.ts';
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

/** Numbers that are asked for when somebody looks. */
export type Gauges = {
  readonly mqttConnections: () => number;
  readonly bounds: BoundSources;
  readonly mqttAccess: AccessSource;
  readonly brokers: () => readonly { readonly broker: string; readonly connected: boolean }[];
  readonly journalBytes: () => number;
  readonly journalMaxBytes: () => number;
  readonly journalFreeBytes: () => number;
  readonly journalDamagedBytes: () => number;
  readonly quarantineRows: () => number;
  readonly quarantineForgotten: () => number;
  readonly outboxWaiting: () => number;
  readonly clocks: () => readonly ClockCount[];
  readonly decodeMemoryBytes: () => number;
  readonly alerts: () => readonly {
    readonly rule: string;
    readonly state: string;
    readonly alerts: number;
  }[];
};

const gauges: Readonly<
  Record<
    Exclude<keyof Gauges, 'alerts' | 'brokers' | 'bounds' | 'clocks' | 'mqttAccess'>,
    readonly [name: string, help: string]
  >
> = {
  mqttConnections: ['kvarter_mqtt_connections', 'Open MQTT connections'],
  journalBytes: ['kvarter_journal_bytes', 'Bytes that the journal keeps'],
  journalMaxBytes: ['kvarter_journal_max_bytes', 'Bytes from which on publishers wait for the readers'],
  journalFreeBytes: ['kvarter_journal_free_bytes', 'Bytes that are free for the journal on its disk'],
  journalDamagedBytes: [
    'kvarter_journal_damaged_bytes',
    'Damage found in the journal since the start, bytes',
  ],
  decodeMemoryBytes: [
    'kvarter_decode_memory_bytes',
    'What decoders remember of earlier packets, of the fuller reader',
  ],
  quarantineRows: ['kvarter_quarantine_rows', 'Rejected packets that are kept'],
  quarantineForgotten: ['kvarter_quarantine_forgotten', 'Rejected packets that the bound has pushed out'],
  outboxWaiting: ['kvarter_outbox_waiting', 'Notifications that are still to be delivered'],
};

export function createMetrics(): Metrics & { readonly watch: (source: Gauges) => void } {
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
    watch: (source) => {
      showBounds(registry, source.bounds);
      for (const key of [
        'mqttConnections',
        'journalBytes',
        'journalMaxBytes',
        'journalFreeBytes',
        'journalDamagedBytes',
        'quarantineRows',
        'quarantineForgotten',
        'outboxWaiting',
      ] as const) {
        const [name, help] = gauges[key];
        const gauge: Gauge = new Gauge({
          name,
          help,
          registers: [registry],
          collect: () => gauge.set(source[key]()),
        });
      }
      showAccess(registry, source.mqttAccess);
      const brokers: Gauge = new Gauge({
        name: 'kvarter_broker_connected',
        help: 'Is kvarter subscribed to the external broker? 1 or 0',
        labelNames: ['broker'],
        registers: [registry],
        collect: () => {
          for (const { broker, connected } of source.brokers()) brokers.set({ broker }, connected ? 1 : 0);
        },
      });
      const clocks: Counter = new Counter({
        name: 'kvarter_packet_clocks_total',
        help: 'Decoded packets, by format and by the clock that their times came from',
        labelNames: ['format', 'clock'],
        registers: [registry],
        collect: () => {
          clocks.reset();
          for (const { format, clock, packets: count } of source.clocks())
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
          for (const { rule, state, alerts: count } of source.alerts()) alerts.set({ rule, state }, count);
        },
      });
    },
  };
}

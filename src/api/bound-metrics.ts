import { Counter, Gauge, type Registry } from 'prom-client';

/** A bound as it is shown: how much there may be, how much there is, how often that was too little. */
export type ShownBound = {
  readonly bound: string;
  readonly limit: number;
  readonly inUse?: number;
  readonly hits: number;
  /** Of a bound that slows: how many clients wait at it now. */
  readonly waiting?: number;
  /** How long clients were made to wait for it, in sum. */
  readonly slowedSeconds?: number;
};

export type BoundSources = {
  /** Of the embedded broker; asked for when somebody looks, wherever it runs. */
  readonly mqtt: () => readonly ShownBound[] | Promise<readonly ShownBound[]>;
  /** All others: settings by their path, in the unit that it ends with. What is in use has gauges of its own. */
  readonly settings: Readonly<Record<string, number>>;
};

/** Shows every bound that the configuration sets, under the name that it has there. */
export function showBounds(registry: Registry, { mqtt, settings }: BoundSources): void {
  const about = { labelNames: ['bound'], registers: [registry] };
  const gauge = (name: string, help: string, amount: (shown: ShownBound) => number | undefined) => {
    const shownOnes: Gauge = new Gauge({
      name,
      help,
      ...about,
      collect: async () => {
        for (const shown of await mqtt()) {
          const value = amount(shown);
          if (value !== undefined) shownOnes.set({ bound: shown.bound }, value);
        }
      },
    });
  };
  const counter = (name: string, help: string, amount: (shown: ShownBound) => number | undefined) => {
    const counted: Counter = new Counter({
      name,
      help,
      ...about,
      collect: async () => {
        const all = await mqtt();
        counted.reset();
        for (const shown of all) {
          const value = amount(shown);
          if (value !== undefined) counted.inc({ bound: shown.bound }, value);
        }
      },
    });
  };
  gauge(
    'kvarter_mqtt_limit',
    "The broker's bounds, by setting, in the unit that its name ends with; 0 of a rate is none",
    ({ limit }) => limit,
  );
  gauge(
    'kvarter_mqtt_in_use',
    'What is taken of a bound of the broker; of one for each client or address, the most that one has',
    ({ inUse }) => inUse,
  );
  gauge(
    'kvarter_mqtt_waiting_clients',
    'Clients that are not read now, because they are at a bound of the broker',
    ({ waiting }) => waiting,
  );
  counter(
    'kvarter_mqtt_bound_hits_total',
    'How often something was refused, slowed or closed at a bound of the broker',
    ({ hits }) => hits,
  );
  counter(
    'kvarter_mqtt_slowed_seconds_total',
    'How long clients were made to wait at a bound of the broker, in sum',
    ({ slowedSeconds }) => slowedSeconds,
  );
  const others = new Gauge({
    name: 'kvarter_limit',
    help: 'The bounds elsewhere, by setting, in the unit that its name ends with',
    ...about,
  });
  for (const [bound, value] of Object.entries(settings)) others.set({ bound }, value);
}

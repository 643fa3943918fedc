import type { Quantity } from '../domain/quantity.ts';

/** A value in a component's status: where it stands, and what it is there. */
export type ShellyField = {
  readonly outer: string;
  readonly inner?: string;
  readonly quantity: Quantity;
  /** A part of the component that is no meter of its own: a phase. */
  readonly part?: string;
  readonly times?: number;
  /** It is true or false, which is 1 or 0. */
  readonly isClaim?: true;
};

/** What the status of a kind of component holds, by the name before the colon (`switch:0` is a switch). */
export function fieldsOf(kind: string, id: number): readonly ShellyField[] | undefined {
  return kind === 'temperature' && id >= FIRST_ADD_ON ? probe : components.get(kind);
}

/**
 * The channel of a component's values. Meters and relays are told apart by their component; what a device has only one
 * of (the three-phase meter, its own room sensor and battery) has none. A meter's registers stand in a component of
 * their own, and have the meter's channel.
 */
export function channelOf(kind: string, id: number): string | undefined {
  if (kind === 'em1data') return `em1:${id}`;
  return id === 0 && single.has(kind) ? undefined : `${kind}:${id}`;
}

/** Sensors on the terminal or the add-on are numbered from here on. */
const FIRST_ADD_ON = 100;

const meter: readonly ShellyField[] = [
  { outer: 'voltage', quantity: 'voltageV' },
  { outer: 'current', quantity: 'currentA' },
  { outer: 'pf', quantity: 'powerFactor' },
  { outer: 'freq', quantity: 'frequencyHz' },
  { outer: 'aprt_power', quantity: 'apparentPowerVa' },
];
const relay: readonly ShellyField[] = [
  { outer: 'apower', quantity: 'activePowerW' },
  { outer: 'aenergy', inner: 'total', quantity: 'activeEnergyWh' },
  { outer: 'ret_aenergy', inner: 'total', quantity: 'exportedEnergyWh' },
  ...meter,
];
const probe: readonly ShellyField[] = [{ outer: 'tC', quantity: 'probeTemperatureC' }];

const components: ReadonlyMap<string, readonly ShellyField[]> = new Map<string, readonly ShellyField[]>([
  ['switch', relay],
  ['pm1', relay],
  ['cover', relay],
  ['light', relay],
  ['em1', [{ outer: 'act_power', quantity: 'activePowerW' }, ...meter]],
  [
    'em1data',
    [
      { outer: 'total_act_energy', quantity: 'activeEnergyWh' },
      { outer: 'total_act_ret_energy', quantity: 'exportedEnergyWh' },
    ],
  ],
  [
    'em',
    [
      { outer: 'total_act_power', quantity: 'activePowerW' },
      { outer: 'total_aprt_power', quantity: 'apparentPowerVa' },
      { outer: 'a_freq', quantity: 'frequencyHz' },
      { outer: 'n_current', quantity: 'currentA', part: 'N' },
      ...['a', 'b', 'c'].flatMap((phase, i): ShellyField[] => {
        const part = `L${i + 1}`;
        return [
          { outer: `${phase}_act_power`, quantity: 'phasePowerW', part },
          { outer: `${phase}_current`, quantity: 'currentA', part },
          { outer: `${phase}_voltage`, quantity: 'voltageV', part },
          { outer: `${phase}_pf`, quantity: 'powerFactor', part },
        ];
      }),
    ],
  ],
  [
    'emdata',
    [
      { outer: 'total_act', quantity: 'activeEnergyWh' },
      { outer: 'total_act_ret', quantity: 'exportedEnergyWh' },
    ],
  ],
  ['temperature', [{ outer: 'tC', quantity: 'airTemperatureC' }]],
  ['humidity', [{ outer: 'rh', quantity: 'relativeHumidityPct' }]],
  ['illuminance', [{ outer: 'lux', quantity: 'illuminanceLux' }]],
  [
    'devicepower',
    [
      { outer: 'battery', inner: 'percent', quantity: 'batteryPct' },
      { outer: 'battery', inner: 'V', quantity: 'batteryMv', times: 1000 },
    ],
  ],
  ['flood', [{ outer: 'alarm', quantity: 'waterDetected', isClaim: true }]],
  ['smoke', [{ outer: 'alarm', quantity: 'alarm', isClaim: true }]],
  ['wifi', [{ outer: 'rssi', quantity: 'rssiDbm' }]],
]);

const single = new Set([
  'em',
  'emdata',
  'temperature',
  'humidity',
  'illuminance',
  'devicepower',
  'flood',
  'smoke',
  'wifi',
]);

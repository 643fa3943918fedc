import type { Carried, Encoded, Uplink, Value } from './decode.ts';

/** A notification of what is given, and the device's presence on a topic of its own. */
export function encodeShelly({ device, atMs, values }: Uplink): readonly Encoded[] {
  const components: Record<string, Record<string, unknown>> = {};
  const packets: Encoded[] = [];
  for (const value of values) {
    const row = rows.find(([, , carried]) => pointOf(carried) === pointOf(value));
    if (value.quantity === 'online') {
      const payload = Buffer.from(value.value === 1 ? 'true' : 'false');
      packets.push({ topic: `${device}/online`, payload });
    } else if (row) {
      const [component, [outer, inner], { quantity }] = row;
      const written = isClaim(quantity) ? value.value === 1 : value.value;
      const id = Number(component.split(':')[1] ?? 0);
      const status = {
        id,
        ...components[component],
        [outer]: inner === undefined ? written : { [inner]: written },
      };
      components[component] = status;
    }
  }
  if (Object.keys(components).length > 0) {
    const ts = atMs === undefined ? {} : { ts: atMs / 1000 };
    const message = {
      src: device,
      dst: `${device}/events`,
      method: 'NotifyStatus',
      params: { ...ts, ...components },
    };
    packets.push({ topic: `${device}/events/rpc`, payload: Buffer.from(JSON.stringify(message)) });
  }
  return packets;
}

function isClaim(quantity: Carried['quantity']): boolean {
  return quantity === 'waterDetected' || quantity === 'alarm';
}

function pointOf({ quantity, channel }: Pick<Value, 'quantity' | 'channel'>): string {
  return `${quantity}|${channel ?? ''}`;
}

type Row = readonly [component: string, path: readonly [outer: string, inner?: string], carried: Carried];

const power = { step: 0.1, min: -1e5, max: 1e5 } as const;
const energy = { step: 0.01, min: 0, max: 1e9 } as const;

const rows: readonly Row[] = [
  ...(['switch:0', 'switch:1'] as const).flatMap((channel): Row[] => [
    [channel, ['apower'], { quantity: 'activePowerW', channel, ...power }],
    [channel, ['aenergy', 'total'], { quantity: 'activeEnergyWh', channel, ...energy }],
    [channel, ['voltage'], { quantity: 'voltageV', channel, step: 0.1, min: 0, max: 500 }],
    [channel, ['current'], { quantity: 'currentA', channel, step: 0.001, min: 0, max: 50 }],
  ]),
  ['em1:0', ['act_power'], { quantity: 'activePowerW', channel: 'em1:0', ...power }],
  ['em1data:0', ['total_act_energy'], { quantity: 'activeEnergyWh', channel: 'em1:0', ...energy }],
  ['em1data:0', ['total_act_ret_energy'], { quantity: 'exportedEnergyWh', channel: 'em1:0', ...energy }],
  ['em:0', ['total_act_power'], { quantity: 'activePowerW', ...power }],
  ['em:0', ['total_aprt_power'], { quantity: 'apparentPowerVa', step: 0.1, min: 0, max: 1e5 }],
  ['emdata:0', ['total_act'], { quantity: 'activeEnergyWh', ...energy }],
  ['emdata:0', ['total_act_ret'], { quantity: 'exportedEnergyWh', ...energy }],
  ...(['a', 'b', 'c'] as const).flatMap((phase, i): Row[] => {
    const channel = `L${i + 1}`;
    return [
      ['em:0', [`${phase}_act_power`], { quantity: 'phasePowerW', channel, ...power }],
      ['em:0', [`${phase}_current`], { quantity: 'currentA', channel, step: 0.001, min: 0, max: 1000 }],
      ['em:0', [`${phase}_voltage`], { quantity: 'voltageV', channel, step: 0.1, min: 0, max: 500 }],
      ['em:0', [`${phase}_pf`], { quantity: 'powerFactor', channel, step: 0.01, min: -1, max: 1 }],
    ];
  }),
  ['temperature:0', ['tC'], { quantity: 'airTemperatureC', step: 0.1, min: -60, max: 100 }],
  [
    'temperature:100',
    ['tC'],
    { quantity: 'probeTemperatureC', channel: 'temperature:100', step: 0.1, min: -55, max: 125 },
  ],
  ['humidity:0', ['rh'], { quantity: 'relativeHumidityPct', step: 0.1, min: 0, max: 100 }],
  ['illuminance:0', ['lux'], { quantity: 'illuminanceLux', step: 1, min: 0, max: 100_000 }],
  ['devicepower:0', ['battery', 'percent'], { quantity: 'batteryPct', step: 1, min: 0, max: 100 }],
  ['flood:0', ['alarm'], { quantity: 'waterDetected', step: 1, min: 0, max: 1 }],
  ['smoke:0', ['alarm'], { quantity: 'alarm', step: 1, min: 0, max: 1 }],
  ['wifi', ['rssi'], { quantity: 'rssiDbm', step: 1, min: -100, max: 0 }],
];

export const carries: readonly Carried[] = [
  ...rows.map(([, , carried]) => carried),
  { quantity: 'online', step: 1, min: 0, max: 1 },
];

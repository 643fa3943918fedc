import type { Carried, Encoded, Uplink } from './decode.ts';

const phases = ['L1', 'L2', 'L3'] as const;

export const carries: readonly Carried[] = [
  { quantity: 'activePowerW', step: 1, min: -1e6, max: 1e6, always: true },
  { quantity: 'reactivePowerVar', step: 1, min: -1e6, max: 1e6 },
  { quantity: 'activeEnergyWh', step: 1, min: 0, max: 1e11 },
  { quantity: 'exportedEnergyWh', step: 1, min: 0, max: 1e11 },
  { quantity: 'reactiveEnergyVarh', step: 1, min: 0, max: 1e11 },
  { quantity: 'exportedReactiveEnergyVarh', step: 1, min: 0, max: 1e11 },
  { quantity: 'powerFactor', step: 0.01, min: -1, max: 1 },
  ...phases.flatMap((channel): Carried[] => [
    { quantity: 'currentA', channel, step: 0.01, min: 0, max: 1000 },
    { quantity: 'voltageV', channel, step: 0.1, min: 0, max: 500 },
    { quantity: 'phasePowerW', channel, step: 1, min: -1e6, max: 1e6 },
    { quantity: 'powerFactor', channel, step: 0.01, min: -1, max: 1 },
  ]),
];

/** Powers are written as import and export, both ≥ 0; energies in kWh. The time has whole seconds. */
export function encodeAms({ device, atMs, values }: Uplink): readonly Encoded[] {
  const data: Record<string, unknown> = { id: device };
  for (const { quantity, channel, value } of values) {
    const phase = channel?.slice(1) ?? '';
    if (quantity === 'activePowerW' || quantity === 'phasePowerW') {
      data[`P${phase}`] = Math.max(value, 0);
      data[`PO${phase}`] = Math.max(-value, 0);
    }
    if (quantity === 'reactivePowerVar')
      Object.assign(data, { Q: Math.max(value, 0), QO: Math.max(-value, 0) });
    const register = registers[quantity];
    if (register !== undefined) data[register] = value / 1000;
    if (quantity === 'currentA') data[`I${phase}`] = value;
    if (quantity === 'voltageV') data[`U${phase}`] = value;
    if (quantity === 'powerFactor') data[`PF${phase}`] = value;
  }
  const rtc = atMs === undefined ? undefined : Math.floor(atMs / 1000);
  const message = { id: '02:00:00:00:00:01', t: rtc, data: { ...data, rtc } };
  return [{ topic: `ams/${device}`, payload: Buffer.from(JSON.stringify(message)) }];
}

const registers: Readonly<Record<string, string>> = {
  activeEnergyWh: 'tPI',
  exportedEnergyWh: 'tPO',
  reactiveEnergyVarh: 'tQI',
  exportedReactiveEnergyVarh: 'tQO',
};

import type { Quantity } from '../domain/quantity.ts';
import { mediumOf } from './mbus-quantities.ts';

/** A quantity whose value is a line's: `inCode` less `outCode` where there are two. */
export type P1Code = {
  readonly quantity: Quantity;
  readonly channel?: string;
  readonly inCode: string;
  readonly outCode?: string;
  /** What to add up when there is no line for the whole: the tariffs' registers. */
  readonly parts?: readonly [string, string];
  /** As written, behind the asterisk, with so many decimals. */
  readonly unit: string;
  readonly decimals: number;
};

/** By the Swedish branch recommendation for the HAN port, DSMR 5 and the Belgian e-MUCS P1 (OBIS, IEC 62056-6-1). */
export const p1Codes: readonly P1Code[] = [
  {
    quantity: 'activeEnergyWh',
    inCode: '1-0:1.8.0',
    parts: ['1-0:1.8.1', '1-0:1.8.2'],
    unit: 'kWh',
    decimals: 3,
  },
  {
    quantity: 'exportedEnergyWh',
    inCode: '1-0:2.8.0',
    parts: ['1-0:2.8.1', '1-0:2.8.2'],
    unit: 'kWh',
    decimals: 3,
  },
  { quantity: 'reactiveEnergyVarh', inCode: '1-0:3.8.0', unit: 'kvarh', decimals: 3 },
  { quantity: 'exportedReactiveEnergyVarh', inCode: '1-0:4.8.0', unit: 'kvarh', decimals: 3 },
  { quantity: 'activePowerW', inCode: '1-0:1.7.0', outCode: '1-0:2.7.0', unit: 'kW', decimals: 3 },
  { quantity: 'reactivePowerVar', inCode: '1-0:3.7.0', outCode: '1-0:4.7.0', unit: 'kvar', decimals: 3 },
  { quantity: 'quarterDemandW', inCode: '1-0:1.4.0', unit: 'kW', decimals: 3 },
  { quantity: 'monthPeakW', inCode: '1-0:1.6.0', unit: 'kW', decimals: 3 },
  { quantity: 'frequencyHz', inCode: '1-0:14.7.0', unit: 'Hz', decimals: 2 },
  ...[2, 4, 6].flatMap((tens, i): P1Code[] => {
    const channel = `L${i + 1}`;
    const power = { inCode: `1-0:${tens}1.7.0`, outCode: `1-0:${tens}2.7.0`, unit: 'kW', decimals: 3 };
    return [
      { quantity: 'phasePowerW', channel, ...power },
      { quantity: 'voltageV', channel, inCode: `1-0:${tens + 1}2.7.0`, unit: 'V', decimals: 1 },
      { quantity: 'currentA', channel, inCode: `1-0:${tens + 1}1.7.0`, unit: 'A', decimals: 2 },
    ];
  }),
];

/** What a meter behind the meter counts (M-Bus channel), by its device type and the unit; undefined for another. */
export function channelQuantity(deviceType: number, unit: string): Quantity | undefined {
  const medium = mediumOf(deviceType);
  const isVolume = /^m3|^dm3|^l/i.test(unit);
  if (medium === 'gas') return isVolume ? 'gasVolumeL' : undefined;
  if (medium === 'water') return isVolume ? 'waterVolumeL' : undefined;
  if (medium === 'electricity') return isVolume ? undefined : 'activeEnergyWh';
  if (medium === 'cooling') return isVolume ? 'heatVolumeL' : 'coolingEnergyWh';
  if (medium === 'heat' || medium === 'heatAndCooling') return isVolume ? 'heatVolumeL' : 'heatEnergyWh';
  return undefined;
}

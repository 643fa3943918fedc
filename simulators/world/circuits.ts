import type { Quantity } from '../../src/domain/quantity.ts';
import type { Counts, Powers, SimulatedBuilding } from './building.ts';

/** What a submeter can measure, by the name of its channel, or of its space or the space's kind. */
const electric: Readonly<Record<string, readonly (keyof Powers)[]>> = {
  household: ['household'],
  property: ['property', 'ventilation', 'laundry', 'base', 'cooling'],
  laundry: ['laundry'],
  ventilation: ['ventilation'],
  ev: ['ev'],
  'heat-pump': ['heatPump'],
  heater: ['heater'],
  cooling: ['cooling'],
  pv: ['pv'],
  battery: ['battery'],
};

/** Names by which the same circuits go in registers. */
const aliases: Readonly<Record<string, string>> = {
  hp: 'heat-pump',
  hw: 'heater',
  vent: 'ventilation',
  garage: 'ev',
  chargers: 'ev',
  roof: 'pv',
  solar: 'pv',
  fastighetsel: 'property',
  heating: 'radiators',
  vvc: 'circulation',
};

type Values = { readonly [Name in Quantity]?: number };

export type Timing = { readonly leftHours: number };

/** The value of a circuit that goes by this name; undefined when there is none, or it has no such quantity. */
export function readCircuit(
  building: SimulatedBuilding,
  name: string,
  quantity: Quantity,
  { leftHours }: Timing,
): number | undefined {
  const circuit = aliases[name] ?? name;
  const { powers, counts, radiators, hotWater, supply, details, battery } = building;
  const counted = (key: keyof Counts, perHour: number) => counts[key] - perHour * leftHours;
  const parts = electric[circuit];
  if (parts) {
    if (circuit === 'pv' && details.pvKwp <= 0) return undefined;
    if (quantity === 'activePowerW') return parts.reduce((sum, part) => sum + powers[part], 0);
    if (circuit === 'battery' && quantity === 'stateOfChargePct') return battery.chargedPct();
    if (quantity === 'activeEnergyWh') {
      return parts.reduce((sum, part) => sum + counted(part, Math.max(powers[part], 0)), START);
    }
    if (circuit === 'cooling' && quantity === 'coolingEnergyWh') {
      return START + counted('coolingHeat', powers.coolingHeat);
    }
    return undefined;
  }
  if (circuit === 'radiators') {
    const values: Values = {
      supplyTemperatureC: radiators.supplyC,
      returnTemperatureC: radiators.returnC,
      heatPowerW: powers.space,
      heatEnergyWh: START + counted('space', powers.space),
      valveOpenPct: radiators.openPct,
      activePowerW: radiators.pumpW,
      flowLph: radiators.targetC > 0 ? radiators.flowWPerK / 1.163 : 0,
    };
    return values[quantity];
  }
  if (circuit === 'hot-water') {
    const values: Values = {
      hotWaterTemperatureC: hotWater.pipeC,
      probeTemperatureC: details.tankL > 0 ? hotWater.tankC : hotWater.pipeC,
      supplyTemperatureC: hotWater.supplyC,
      returnTemperatureC: hotWater.circulationC,
      heatPowerW: supply.waterW,
      waterVolumeL: START + counted('hotLph', powers.hotLph),
      flowLph: powers.hotLph,
    };
    return values[quantity];
  }
  if (circuit === 'circulation') {
    const values: Values = {
      hotWaterTemperatureC: hotWater.circulationC,
      probeTemperatureC: hotWater.circulationC,
      supplyTemperatureC: hotWater.supplyC,
      returnTemperatureC: hotWater.circulationC,
      activePowerW: hotWater.pumpW,
    };
    return values[quantity];
  }
  return undefined;
}

/** Is there a circuit of this name? */
export function isCircuit(name: string): boolean {
  const circuit = aliases[name] ?? name;
  return Object.hasOwn(electric, circuit) || ['radiators', 'hot-water', 'circulation'].includes(circuit);
}

/**
 * Where every register stands when a simulation starts, Wh or litres. Always the same: a simulation that is started
 * again over the same data then shows a register that fell, and not from just below a power of ten to just above zero.
 * That reads as an exchanged meter; a rise would be read as a load that never was.
 */
export const START = 200_000_000;

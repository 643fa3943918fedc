import type { Quantity } from '../domain/quantity.ts';
import type { Value } from './decode.ts';
import type { MbusRecord } from './mbus-records.ts';
import type { What } from './mbus-vif.ts';
import { conversion, convert } from './units.ts';

/** What a meter meters. The same record means another quantity in each. */
export type MbusMedium = 'electricity' | 'heat' | 'cooling' | 'heatAndCooling' | 'water' | 'gas' | 'room';

/** The medium by its code in the long header (EN 13757-7, table of device types). */
export function mediumOf(code: number): MbusMedium | undefined {
  return media.get(code);
}

/**
 * The meter's values of now: of the instantaneous records without storage number, tariff and subunit, the first of each
 * quantity. What is about a value (a limit, a maximum), marked invalid or of no quantity is left out.
 */
export function mbusValues(records: readonly MbusRecord[], medium: MbusMedium): readonly Value[] {
  const found = new Map<string, Value>();
  for (const record of records) {
    if (record.storage !== 0 || record.tariff !== 0 || record.subunit !== 0) continue;
    const value = mbusValue(record, medium);
    if (!value) continue;
    const key = `${value.quantity}|${value.channel ?? ''}`;
    const before = found.get(key);
    if (!before) found.set(key, value);
    // A meter with a record for each direction of power: what comes in less what goes out.
    else if (record.direction !== undefined && gaugeQuantities.has(value.quantity)) {
      found.set(key, { ...before, value: before.value + value.value });
    }
  }
  return [...found.values()];
}

/** One record's value, whatever its storage number; undefined when it is of no quantity of the medium. */
export function mbusValue(record: MbusRecord, medium: MbusMedium): Value | undefined {
  const { function: kind, what, unit, value, direction, phase, isDerived, recordError } = record;
  if (kind !== 'instantaneous' || value === undefined || isDerived || recordError !== 0) return undefined;
  if (what === 'errorFlags') return { quantity: 'alarm', value: value === 0 ? 0 : 1 };
  const quantity = phase === undefined ? wholeQuantity(what, medium, direction) : phaseQuantities[what];
  const change = quantity && conversion(unit, quantity);
  if (!change) return undefined;
  const isOut = direction === 'backward' && gaugeQuantities.has(quantity);
  const converted = convert(isOut ? -value : value, change);
  return { quantity, ...(phase === undefined ? {} : { channel: `L${phase}` }), value: converted };
}

function wholeQuantity(
  what: What,
  medium: MbusMedium,
  direction: MbusRecord['direction'],
): Quantity | undefined {
  const ofMedium = quantitiesOf[medium];
  return (
    (direction === 'backward' ? ofMedium.backward?.[what] : undefined) ??
    (direction === 'backward' && !powers.has(what) ? undefined : (ofMedium.plain[what] ?? everywhere[what]))
  );
}

type Quantities = Readonly<Partial<Record<What, Quantity>>>;

const everywhere: Quantities = { operatingTime: 'operatingTimeH', rfLevel: 'rssiDbm' };
const heat: Quantities = {
  energy: 'heatEnergyWh',
  power: 'heatPowerW',
  volume: 'heatVolumeL',
  flow: 'flowLph',
  flowTemperature: 'supplyTemperatureC',
  returnTemperature: 'returnTemperatureC',
};

const quantitiesOf: Readonly<Record<MbusMedium, { plain: Quantities; backward?: Quantities }>> = {
  electricity: {
    plain: {
      energy: 'activeEnergyWh',
      reactiveEnergy: 'reactiveEnergyVarh',
      power: 'activePowerW',
      reactivePower: 'reactivePowerVar',
      apparentPower: 'apparentPowerVa',
      voltage: 'voltageV',
      current: 'currentA',
      frequency: 'frequencyHz',
    },
    backward: { energy: 'exportedEnergyWh', reactiveEnergy: 'exportedReactiveEnergyVarh' },
  },
  heat: { plain: heat },
  cooling: { plain: { ...heat, energy: 'coolingEnergyWh' } },
  // Such a meter counts what was taken out of the building's heat apart, as backward energy.
  heatAndCooling: { plain: heat, backward: { energy: 'coolingEnergyWh' } },
  water: { plain: { volume: 'waterVolumeL', flow: 'flowLph' } },
  gas: { plain: { volume: 'gasVolumeL', flow: 'flowLph' } },
  room: { plain: { externalTemperature: 'airTemperatureC', relativeHumidity: 'relativeHumidityPct' } },
};

/** A phase's energy is left out: beside the whole it would be counted twice. */
const phaseQuantities: Quantities = { power: 'phasePowerW', voltage: 'voltageV', current: 'currentA' };

const powers: ReadonlySet<What> = new Set(['power', 'reactivePower', 'flow']);
const gaugeQuantities: ReadonlySet<Quantity> = new Set([
  'activePowerW',
  'reactivePowerVar',
  'phasePowerW',
  'heatPowerW',
  'flowLph',
]);

const media: ReadonlyMap<number, MbusMedium> = new Map([
  [0x02, 'electricity'],
  [0x03, 'gas'],
  [0x04, 'heat'],
  [0x0c, 'heat'],
  [0x0a, 'cooling'],
  [0x0b, 'cooling'],
  [0x0d, 'heatAndCooling'],
  [0x06, 'water'],
  [0x07, 'water'],
  [0x15, 'water'],
  [0x16, 'water'],
  [0x1b, 'room'],
]);

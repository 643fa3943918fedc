import { meanOf } from '../../anomaly/mean.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { deviceRow, type Register } from '../../domain/register.ts';
import type { DayView, Hours } from '../days/day-view.ts';

/** From 09 to 19 local time: nearly all that solar cells give, and an inverter that sleeps in the dark is heard for most of it. */
const DAYLIGHT: Hours = [20, 10];
/** A plant is held against so many others at most. */
const PLANTS = 5;
/** What one room is lit by says little of the sun; so many together do. */
const LEAST_ROOMS = 3;
const LEAST_LUX = 1;

/** By these words a register tells of solar cells: a channel, a space's id or kind, a part of a device's id. */
const WORDS: ReadonlySet<string> = new Set([
  ...['pv', 'solar', 'sol', 'solceller', 'solel', 'photovoltaic', 'photovoltaics'],
]);

/** Mean power of a plant in the daylight of a day, W, by device. */
export type Plants = ReadonlyMap<string, number>;

/** Measures the point what solar cells give? */
export function isPvPoint(
  register: Register,
  { device, channel, role, quantity, building }: PlacedPoint,
): boolean {
  if (role !== 'submeter') return false;
  const isPower =
    quantity === 'activePowerW' || quantity === 'activeEnergyWh' || quantity === 'exportedEnergyWh';
  return isPower && isPv(register, building, device, channel);
}

export function isLight({ role, quantity }: Pick<PlacedPoint, 'role' | 'quantity'>): boolean {
  return quantity === 'illuminanceLux' && (role === 'room' || role === 'outdoor');
}

/**
 * The plants of a view: of each the most of what it says (a meter counts what cells give as import or as export, an inverter
 * may call it negative).
 */
export function plantsIn(register: Register, view: Pick<DayView, 'byDevice'>): Plants {
  const plants = new Map<string, number>();
  for (const quantity of ['activeEnergyWh', 'exportedEnergyWh', 'activePowerW'] as const) {
    for (const [name, values] of view.byDevice('submeter', quantity, DAYLIGHT)) {
      const [, device = name, channel] = /^(.*) \((.*)\)$/.exec(name) ?? [];
      if (!isPv(register, undefined, device, channel)) continue;
      // The register is the better one where there are both.
      const known = plants.get(name) ?? 0;
      const power = Math.abs(meanOf(values));
      if (quantity !== 'activePowerW' || known === 0) plants.set(name, Math.max(known, power));
    }
  }
  return plants;
}

/** How sunny the day was, by what else there is in the area: of each witness a name and a logarithm. */
export function witnessesOf(
  plant: string,
  near: Plants,
  rooms: DayView['near'],
): ReadonlyMap<string, number> {
  const others = [...near]
    .filter(([name, power]) => name !== plant && power > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const found = new Map(others.slice(0, PLANTS).map(([name, power]) => [name, Math.log(power)]));
  const lights = (role: 'outdoor' | 'room') =>
    [...rooms(role, 'illuminanceLux', DAYLIGHT).values()].map((values) =>
      Math.log(Math.max(meanOf(values), LEAST_LUX)),
    );
  const outdoor = lights('outdoor');
  if (outdoor.length > 0) found.set('light', meanOf(outdoor));
  const indoor = lights('room');
  if (indoor.length >= LEAST_ROOMS) found.set('rooms', meanOf(indoor));
  return found;
}

function isPv(
  { buildings, devices }: Register,
  within: string | undefined,
  device: string,
  channel: string | undefined,
): boolean {
  const row = deviceRow(devices.get(device) ?? [], channel);
  const space = buildings.get(row?.building ?? within ?? '')?.spaces.find(({ id }) => id === row?.space);
  return [channel, row?.space, space?.kind, ...device.split(/[^\p{L}]+/u)].some((word) =>
    WORDS.has(word?.toLowerCase() ?? ''),
  );
}

import type { Quantity } from '../../domain/quantity.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import type { Register } from '../../domain/register.ts';

/** How circuits go in registers: by the channel of the device, or by its space or the space's kind. */
const CIRCULATION: ReadonlySet<string> = new Set([
  'circulation',
  'hot-water-circulation',
  'vvc',
  'varmvattencirkulation',
]);
const HOT_WATER: ReadonlySet<string> = new Set(['hot-water', 'dhw', 'vv', 'varmvatten', 'tappvarmvatten']);

/**
 * Is it the temperature of hot water, or of its circulation? What a heat meter of the hot water sends back is water of the
 * district, which should be cold: its return says nothing. That of the circulation is what comes back from the taps.
 */
export function isHotWater(point: PlacedPoint, register: Register): boolean {
  const { quantity } = point;
  if (quantity === 'hotWaterTemperatureC') return true;
  const is = (of: ReadonlySet<string>, ...quantities: readonly Quantity[]) =>
    quantities.includes(quantity) && isIn(of, point, register);
  return is(CIRCULATION, 'returnTemperatureC', 'probeTemperatureC') || is(HOT_WATER, 'probeTemperatureC');
}

/** The supply of what heats rooms, and not of hot water. */
export function isSupplyOfRooms(point: PlacedPoint, register: Register): boolean {
  return (
    point.role === 'submeter' &&
    point.quantity === 'supplyTemperatureC' &&
    !isIn(CIRCULATION, point, register) &&
    !isIn(HOT_WATER, point, register)
  );
}

function isIn(
  names: ReadonlySet<string>,
  { role, channel, building, space }: PlacedPoint,
  { buildings }: Register,
): boolean {
  if (role !== 'submeter') return false;
  const kind = buildings.get(building)?.spaces.find(({ id }) => id === space)?.kind;
  return [channel, space, kind].some((name) => name !== undefined && names.has(name.toLowerCase()));
}

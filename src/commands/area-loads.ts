import type { Carrier } from '../domain/interval.ts';
import { type Area, areaPlaceId, type Register } from '../domain/register.ts';
import type { Load } from '../energy/loads/load-file.ts';
import { believed, scaleLimits } from '../energy/loads/scale.ts';
import type { HeldByBuilding } from './held-back.ts';

/**
 * Loads of buildings, and of the areas that are billed as one (`area:ID`): those of their buildings together. As the guard sees them:
 * what is out of all scale is missing.
 */
export function withAreas(
  said: ReadonlyMap<string, Load>,
  { areas }: Pick<Register, 'areas'>,
  carrier: Carrier,
): ReadonlyMap<string, Load> {
  const loads = new Map([...said].map(([id, load]) => [id, believed(load, scaleLimits[carrier])] as const));
  const billed = areas.flatMap((area): [string, Load][] => {
    const tariff = carrier === 'heat' ? area.heatTariff : area.tariff;
    const sum = tariff === undefined ? undefined : sumOf(of(loads, area));
    return sum ? [[areaPlaceId(area.id), sum]] : [];
  });
  return new Map([...loads, ...billed]);
}

/** The same of the loads that were held back. */
export function heldWithAreas(held: HeldByBuilding, { areas }: Pick<Register, 'areas'>): HeldByBuilding {
  return new Map([...held, ...areas.map((area) => [areaPlaceId(area.id), of(held, area).flat()] as const)]);
}

function of<T>(things: ReadonlyMap<string, T>, { buildings }: Area): T[] {
  return buildings.flatMap((building) => things.get(building) ?? []);
}

/** Of loads of one spacing. A step that one of them does not know is unknown; before its first and after its last it is none. */
function sumOf(loads: readonly Load[]): Load | undefined {
  const [first] = loads;
  if (!first) return undefined;
  const { spacingMs } = first;
  const fromMs = Math.min(...loads.map((load) => load.fromMs));
  const toMs = Math.max(...loads.map((load) => load.fromMs + load.kw.length * spacingMs));
  const steps = Math.round((toMs - fromMs) / spacingMs);
  const kw = new Float64Array(steps);
  const known = new Uint8Array(steps);
  for (const load of loads) {
    const offset = Math.round((load.fromMs - fromMs) / spacingMs);
    for (const [i, one] of load.kw.entries()) {
      kw[offset + i] = (kw[offset + i] ?? 0) + one;
      known[offset + i] = 1;
    }
  }
  return { fromMs, spacingMs, kw: kw.map((sum, i) => (known[i] ? sum : Number.NaN)) };
}

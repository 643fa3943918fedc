import type { DigestInput } from '../comfort/digest.ts';
import { DAY_MS } from '../domain/interval.ts';
import type { Building, Register } from '../domain/register.ts';
import { registerEnergy } from '../energy/loads/samples.ts';
import type { ReadingStore, StoredReading } from '../store/store.ts';
import type { ComfortSettings, ComfortSources } from './comfort-sources.ts';
import type { KnownContainer } from './containers.ts';
import { comfortOf, flatsOf, type Span } from './flats.ts';

type Home = { readonly building: Building; readonly space: string };

/**
 * What a household is compared by, as far as it is measured: its mean temperature and hot water (the water meter of a flat:
 * individual metering is of hot water) with those of flats of the same kind in its area; its building's waste, per flat,
 * with that of the area's other buildings.
 */
export async function comparisons(
  { store, register, clock, containersOf }: ComfortSources,
  home: Home,
  span: Span,
  settings: ComfortSettings,
): Promise<readonly DigestInput[]> {
  const current = register();
  const area = new Set(
    current.areas.find(({ id }) => id === home.building.area)?.buildings ?? [home.building.id],
  );
  const containers = await containersOf(current, clock());
  return [
    ...(await temperatures(store, current, { home, area }, span, settings)),
    ...(await hotWater(store, current, { home, area }, span, settings)),
    ...waste(current, { home, area }, containers),
  ];
}

type Place = { readonly home: Home; readonly area: ReadonlySet<string> };

async function temperatures(
  store: ComfortSources['store'],
  register: Register,
  { home, area }: Place,
  span: Span,
  settings: ComfortSettings,
): Promise<readonly DigestInput[]> {
  const kind = home.building.spaces.find(({ id }) => id === home.space)?.kind;
  const isOwn = ({ building, space }: Home) => building === home.building && space === home.space;
  const similar = flatsOf(register, area, settings).filter((flat) => flat.kind === kind);
  // Its own, then its neighbours', then the area's, as far as is answered for.
  const near = similar.toSorted((a, b) => rank(a, home) - rank(b, home)).slice(0, settings.maxFlats);
  let own: number | undefined;
  const others: number[] = [];
  for (const flat of near) {
    const { timeZone } = register.organisation;
    const comfort = await comfortOf(store, { flat, outdoors: new Map(), timeZone }, span, settings);
    if (!comfort) continue;
    if (isOwn(flat)) own = comfort.meanC;
    else others.push(comfort.meanC);
  }
  return own === undefined ? [] : [{ measure: 'temperatureC', own, others }];
}

function rank({ building, space }: Home, home: Home): number {
  return building !== home.building ? 2 : space === home.space ? 0 : 1;
}

async function hotWater(
  store: Pick<ReadingStore, 'readings'>,
  register: Register,
  { home, area }: Place,
  { fromMs, toMs }: Span,
  { maxFlats }: ComfortSettings,
): Promise<readonly DigestInput[]> {
  const kinds = new Map(
    [...register.buildings].map(([id, { spaces }]) => [id, new Map(spaces.map((s) => [s.id, s.kind]))]),
  );
  const kindOf = (building: string, space: string | undefined) => kinds.get(building)?.get(space ?? '');
  const kind = kindOf(home.building.id, home.space);
  const rows = [...register.devices.values()].flat();
  const meters = rows.filter(({ role, building, space }) => {
    return (
      role === 'submeter' && area.has(building) && space !== undefined && kindOf(building, space) === kind
    );
  });
  const homes = new Map<string, number>();
  for (const { id, channel, building, space } of meters.slice(0, maxFlats)) {
    const channelQuery = channel === undefined ? {} : { channel };
    const query = { device: id, quantity: 'waterVolumeL', ...channelQuery, limit: 10_000 } as const;
    const readings = await store.readings({ ...query, fromMs, toMs });
    const perDay = perDayOf(readings);
    if (perDay === undefined) continue;
    const key = `${building}|${space}`;
    homes.set(key, (homes.get(key) ?? 0) + perDay);
  }
  const key = `${home.building.id}|${home.space}`;
  const own = homes.get(key);
  homes.delete(key);
  return own === undefined ? [] : [{ measure: 'hotWaterLPerDay', own, others: [...homes.values()] }];
}

/** No household uses more, l a day; and less than two days are no rhythm of life. */
const MOST_PER_DAY = 3000;
const LEAST_MS = 2 * DAY_MS;

/** What a register counts in a day, as far as it is known and a household's. */
function perDayOf(readings: readonly StoredReading[]): number | undefined {
  const [fromMs = 0, toMs = 0] = [readings[0]?.atMs, readings.at(-1)?.atMs];
  const samples = { atMs: readings.map(({ atMs }) => atMs), values: readings.map(({ value }) => value) };
  const { energyWh: litres, knownMs } = registerEnergy(samples, fromMs, toMs, toMs - fromMs);
  const perDay = (litres * DAY_MS) / knownMs;
  return knownMs >= LEAST_MS && perDay <= MOST_PER_DAY ? perDay : undefined;
}

/** What a week brings the containers of a building, of known volume, shared among its flats. */
function waste(
  { buildings }: Register,
  { home, area }: Place,
  containers: readonly KnownContainer[],
): readonly DigestInput[] {
  const litres = new Map<string, number>();
  for (const { building, volumeL, newest } of containers) {
    if (volumeL === undefined || newest === undefined || !area.has(building)) continue;
    const weekly = (newest.estimate.ratePctPerDay / 100) * volumeL * 7;
    litres.set(building, (litres.get(building) ?? 0) + weekly);
  }
  const perFlat = (id: string) => {
    const flats = buildings.get(id)?.spaces.filter(({ kind }) => kind === 'flat').length ?? 0;
    const weekly = litres.get(id);
    return weekly === undefined || flats === 0 ? [] : [weekly / flats];
  };
  const [own] = perFlat(home.building.id);
  const others = [...litres.keys()].filter((id) => id !== home.building.id).flatMap(perFlat);
  return own === undefined ? [] : [{ measure: 'wasteLPerWeek', own, others }];
}

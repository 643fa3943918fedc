import type { Building } from '../../src/domain/register.ts';
import type { Chance } from '../chance.ts';
import type { Moment } from './calendar.ts';
import type { BuildingDetails } from './details.ts';
import { atHome, lessons, meals, type Profile, profileAt } from './profiles.ts';

/** A flat or room of its own, or all the others together; arrays by zone, the last one is the rest. */
export type Zones = {
  readonly ids: readonly string[];
  readonly count: number;
  /** Floor, m². */
  readonly areaM2: Float64Array;
  /** Loss through the outer walls against that of the mean flat: gables and top floors have more. */
  readonly exposure: Float64Array;
  /** How much of the sun on the first facade, the rest on the opposite one. */
  readonly facade: Float64Array;
  readonly wantedC: Float64Array;
  /** How well the thermostat throttles: 0 not at all … 1 as new. */
  readonly thermostat: Float64Array;
  /** Fresh air against the building's mean. */
  readonly flow: Float64Array;
  /** Households differ in what they use. */
  readonly liveliness: Float64Array;
  readonly airC: Float64Array;
  readonly co2Ppm: Float64Array;
  /** Moisture of the air, g/m³. */
  readonly moistureG: Float64Array;
  /** Opening of the radiator valves, 0..1. */
  readonly valve: Float64Array;
  /** People in it now, and those awake. */
  readonly people: Float64Array;
  readonly residents: Float64Array;
};

/** The share of the floor that the zones of the register may take. */
const MAX_SHARE = 0.9;

export function createZones(building: Building, details: BuildingDetails, chance: Chance): Zones {
  const spaces = building.spaces.filter(({ kind }) => kind !== 'waste-room');
  const sizes = spaces.map(({ kind }) => zoneM2(kind, details));
  const shrink = Math.min(1, (MAX_SHARE * details.areaM2) / Math.max(sum(sizes), 1));
  const count = spaces.length + 1;
  const by = (of: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => of(i));
  const owns = [...spaces.map(({ id }) => chance.fork(`space ${id}`)), chance.fork('rest')];
  const own = (i: number, index: number) => owns[i]?.at(index) ?? 0.5;
  const isRest = (i: number) => i === spaces.length;
  const floors = [...sizes.map((size) => size * shrink), 0];
  floors[spaces.length] = details.areaM2 - sum(floors);
  return {
    ids: spaces.map(({ id }) => id),
    count,
    areaM2: by((i) => floors[i] ?? 0),
    exposure: by((i) => (isRest(i) ? 1 : own(i, 1) < 0.25 ? 1.2 + 0.15 * own(i, 2) : 0.9 + 0.12 * own(i, 2))),
    facade: by((i) => (isRest(i) ? 0.5 : own(i, 3) < 0.5 ? 0.7 : 0.3)),
    wantedC: by((i) => (isRest(i) ? 21.6 : 20.9 + 1.6 * own(i, 4))),
    thermostat: by((i) => (isRest(i) ? 0.8 : 0.6 + 0.4 * own(i, 5))),
    flow: by((i) =>
      spaces[i]?.kind === 'classroom' || (details.kind === 'school' && spaces[i]?.kind === 'room') ? 2 : 1,
    ),
    liveliness: by((i) => (isRest(i) ? 1 : 0.6 + 0.8 * own(i, 6))),
    airC: new Float64Array(count).fill(21.5),
    co2Ppm: new Float64Array(count).fill(600),
    moistureG: new Float64Array(count).fill(7),
    valve: new Float64Array(count).fill(0.5),
    people: new Float64Array(count),
    residents: by((i) => (isRest(i) ? 0 : residentsOf(spaces[i]?.kind ?? '', details, own(i, 7)))),
  };
}

/** Who is in which zone: each resident stays or goes by a number of the day, so that nobody flickers. */
export function createPresence(zones: Zones, building: Building, details: BuildingDetails, chance: Chance) {
  const kinds = zones.ids.map((id) => building.spaces.find((space) => space.id === id)?.kind ?? '');
  const owns = zones.ids.map((id) => chance.fork(`people ${id}`));
  const others = Math.max(details.persons - sum([...zones.residents]), 0);
  return (moment: Moment, present: number): void => {
    const { people, residents, count } = zones;
    // Days begin at four, when the last have come home.
    const day = moment.hour < 4 ? moment.day - 1 : moment.day;
    for (let i = 0; i < count - 1; i += 1) {
      const own = owns[i];
      if (!own) continue;
      const profile = profileOf(kinds[i] ?? '', details.kind);
      const isClosed = profile === lessons && !moment.isSchoolDay;
      const share = isClosed ? 0 : profileAt(profile, moment, own.at(1) - 0.5);
      let here = 0;
      const most = residents[i] ?? 0;
      if (most > 6) here = Math.round(most * share * (0.85 + 0.3 * own.at(day)));
      else
        for (let person = 0; person < most; person += 1) if (own.at(day * 8 + person + 2) < share) here += 1;
      // A household that has gone away is gone for the day.
      people[i] = profile === atHome && own.at(-day) > moment.atHome ? 0 : here;
    }
    people[count - 1] = present * others;
  };
}

function zoneM2(kind: string, { areaM2, flats }: BuildingDetails): number {
  if (kind === 'flat') return flats > 0 ? Math.min((0.85 * areaM2) / flats, 100) : 70;
  if (kind === 'room') return flats > 0 ? 30 : 60;
  if (kind === 'classroom') return 60;
  return kind === 'common' ? 80 : 40;
}

function residentsOf(kind: string, { kind: of, flats, persons }: BuildingDetails, share: number): number {
  if (kind === 'flat')
    return Math.min(Math.max(Math.round((persons / Math.max(flats, 1)) * (0.4 + 1.4 * share)), 1), 5);
  if (kind === 'room') return of === 'school' ? 17 : 1;
  if (kind === 'classroom') return 24;
  if (kind === 'common') return 14;
  return kind === 'kitchen' ? 2 : 1;
}

const always: Profile = { work: new Array(24).fill(0.93), free: new Array(24).fill(0.93) };
const seldom: Profile = {
  work: Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 20 ? 0.4 : 0)),
  free: Array.from({ length: 24 }, (_, hour) => (hour >= 9 && hour < 20 ? 0.4 : 0)),
};

function profileOf(space: string, building: BuildingDetails['kind']): Profile {
  if (space === 'flat') return atHome;
  if (space === 'classroom' || (space === 'room' && building === 'school')) return lessons;
  if (space === 'room') return building === 'care-home' ? always : atHome;
  if (space === 'common') return meals;
  if (space === 'kitchen') return building === 'school' ? lessons : meals;
  return seldom;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

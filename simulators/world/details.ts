import type { Building, Register } from '../../src/domain/register.ts';
import { createChance } from '../chance.ts';
import type { BatteryDetails } from './battery.ts';
import { type ContainerDetails, containerRows, containersOf } from './container-details.ts';

/** What a simulated building is, beyond what the register says of it. */
export type BuildingDetails = {
  readonly kind: 'multi-family' | 'school' | 'care-home';
  readonly yearBuilt: number;
  readonly areaM2: number;
  /** Households; rooms of a care home; 0 in a school. */
  readonly flats: number;
  /** Residents; pupils and staff of a school. */
  readonly persons: number;
  /** `natural` by stack and wind, `exhaust` by fans, `balanced` by fans with a heat exchanger of 80 %. */
  readonly ventilation: 'natural' | 'exhaust' | 'balanced';
  readonly heating: 'district' | 'heat-pump' | 'district-and-heat-pump';
  /** Where one long side with windows looks to; the other looks the other way. 0 is north, 90 east. */
  readonly facadeAzimuthDeg: number;
  /** How much colder the nights are wanted, °C. */
  readonly setbackC: number;
  /** Hot-water tank; 0: hot water is made as it is drawn. */
  readonly tankL: number;
  /** 0: no solar cells. */
  readonly pvKwp: number;
  readonly pvInverterKw: number;
  readonly evChargers: number;
  readonly evChargerKw: number;
  readonly battery?: BatteryDetails;
  readonly containers: readonly ContainerDetails[];
};

const DEFAULT_AREA_M2 = 3000;
const M2_PER_FLAT = 70;
const EV_CHARGER_KW = 11;
/** Chargers share a connection of half of what they could draw. */
const EV_SHARED = 0.5;

/**
 * What is invented of a building of the register: the same for the same seed and building, whatever else there is. What
 * the register says (floor, flexible loads, kinds of spaces, container devices) is kept; what `given` says wins.
 */
export function detailsOf(
  building: Building,
  register: Register,
  seed: number,
  given: Partial<BuildingDetails> = {},
): BuildingDetails {
  const chance = createChance(seed).fork(building.id).fork('details');
  const hasLoad = (prefix: string) => building.flexibleLoads.find(({ id }) => id.startsWith(prefix));
  const areaM2 = given.areaM2 ?? building.areaM2 ?? DEFAULT_AREA_M2;
  const kind = given.kind ?? kindOf(building);
  const yearBuilt = given.yearBuilt ?? yearOf(chance.at(1));
  const flats = given.flats ?? flatsOf(kind, areaM2);
  const persons = given.persons ?? personsOf(kind, areaM2, flats, chance.at(2));
  const heating = given.heating ?? (hasLoad('hp') ? 'district-and-heat-pump' : 'district');
  const evKw = hasLoad('ev')?.powerKw ?? 0;
  const isSolar = building.spaces.some(({ kind }) => kind === 'pv');
  const pvKwp =
    isSolar || chance.at(4) < (yearBuilt >= 2000 ? 0.4 : 0.15)
      ? Math.round((areaM2 / 100) * (0.6 + chance.at(5)))
      : 0;
  const details: BuildingDetails = {
    kind,
    yearBuilt,
    areaM2,
    flats,
    persons,
    ventilation: hasLoad('vent') && yearBuilt < 1961 ? 'exhaust' : ventilationOf(kind, yearBuilt),
    heating,
    facadeAzimuthDeg: Math.floor(180 * chance.at(6)) + 45,
    setbackC: kind === 'school' ? 0.8 + 1.2 * chance.at(7) : chance.at(7) < 0.35 ? 1.5 : 0,
    tankL: heating === 'heat-pump' || hasLoad('hw') ? Math.max(flats, 6) * 60 : 0,
    pvKwp,
    pvInverterKw: 0.85 * pvKwp,
    evChargers: Math.round(evKw / EV_CHARGER_KW / EV_SHARED),
    evChargerKw: EV_CHARGER_KW,
    ...(building.battery && { battery: building.battery }),
    containers: containersOf(containerRows(building, register), { persons, kind }, chance.fork('containers')),
    ...given,
  };
  return { ...details, pvInverterKw: given.pvInverterKw ?? 0.85 * details.pvKwp };
}

/** What a building is, by the kinds of its spaces and else by its name. */
function kindOf({ name, spaces }: Building): BuildingDetails['kind'] {
  if (spaces.some(({ kind }) => kind === 'flat')) return 'multi-family';
  if (/school|skola|preschool|classroom/i.test(name) || spaces.some(({ kind }) => kind === 'classroom'))
    return 'school';
  if (/care|boende|nursing/i.test(name)) return 'care-home';
  return 'multi-family';
}

/** The Swedish stock of multi-family blocks by year: a third of the million programme, few of the nineties. */
function yearOf(share: number): number {
  const steps: readonly [share: number, from: number, to: number][] = [
    [0.25, 1950, 1961],
    [0.62, 1961, 1976],
    [0.76, 1976, 1990],
    [0.84, 1990, 2006],
    [1, 2006, 2021],
  ];
  let below = 0;
  for (const [until, from, to] of steps) {
    if (share < until) return from + Math.floor(((share - below) / (until - below)) * (to - from));
    below = until;
  }
  return 2020;
}

function flatsOf(kind: BuildingDetails['kind'], areaM2: number): number {
  if (kind === 'school') return 0;
  return Math.max(Math.round(areaM2 / (kind === 'care-home' ? 65 : M2_PER_FLAT)), 1);
}

/** 1.8 to a household (SCB: 1.7 to 2.0 in rented flats), one to a room of a care home, 11 m² to a pupil. */
function personsOf(kind: BuildingDetails['kind'], areaM2: number, flats: number, share: number): number {
  if (kind === 'school') return Math.max(Math.round(areaM2 / 11), 1);
  return Math.max(Math.round(flats * (kind === 'care-home' ? 1.1 : 1.6 + 0.4 * share)), 1);
}

function ventilationOf(kind: BuildingDetails['kind'], yearBuilt: number): BuildingDetails['ventilation'] {
  if (kind !== 'multi-family') return yearBuilt < 1960 ? 'exhaust' : 'balanced';
  return yearBuilt < 1961 ? 'natural' : yearBuilt < 2006 ? 'exhaust' : 'balanced';
}

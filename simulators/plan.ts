import { HOUR_MS } from '../src/domain/interval.ts';
import type { Device, Register } from '../src/domain/register.ts';
import { zoneOf } from '../src/domain/zone.ts';
import { type Chance, createChance } from './chance.ts';
import { rolesOf, sizesOf, usualHours, winterKinds } from './fault-habits.ts';
import { DAY_MS } from './local-time.ts';
import { type NetworkQuality, type Outage, usualQuality } from './network/network.ts';
import type { Scenario, ScenarioFault } from './scenario.ts';
import { type FaultKind, isPhysicalFault, type PlannedFault, physicalFaults, sensorFaults } from './truth.ts';
import { type BuildingDetails, detailsOf } from './world/details.ts';
import { generatedWeather, type Weather } from './world/weather.ts';

/** A scenario on a register: what `createDistrict` wants. */
export type Plan = {
  readonly startMs: number;
  /** Days are counted, and scores, from here; before it the district only lives. */
  readonly scoredFromMs: number;
  readonly endMs: number;
  readonly seed: number;
  readonly faults: readonly PlannedFault[];
  readonly outages: readonly Outage[];
  readonly quality: NetworkQuality;
  readonly leastPeriodMs: number;
  readonly weather: Weather;
  readonly details: ReadonlyMap<string, Partial<BuildingDetails>>;
};

/** A fault that takes longer than this share of the run is cut, so that it ends and can be told from what was before. */
const LONGEST_SHARE = 0.4;

/** Something that cannot be in the register, and where the scenario says it. */
export type PlanProblem = { readonly path: readonly PropertyKey[]; readonly message: string };

type PlanOptions = {
  /** Its days are counted from then instead of from when the scenario says. */
  readonly startMs?: number | undefined;
  /** Of the scenario's file, if it names one. */
  readonly weather?: Weather | undefined;
  /** Buildings and areas that the scenario has and a smaller run of it has not: what is planned there is left out. */
  readonly leftOut?: ReadonlySet<string> | undefined;
};

/** What the scenario plans for the register, and what of it is not possible there. */
export function planOf(
  scenario: Scenario,
  register: Register,
  { startMs = startOf(scenario, register), leftOut, ...options }: PlanOptions = {},
): { readonly plan: Plan; readonly problems: readonly PlanProblem[] } {
  const { weather = generatedWeather(createChance(scenario.seed)) } = options;
  const { seed, days, network, leastSeconds } = scenario;
  const endMs = startMs + days * DAY_MS;
  const chance = createChance(seed).fork('plan');
  const problems: PlanProblem[] = [];
  const faults = [
    ...scenario.faults.flatMap((fault, i) => {
      if (leftOut?.has(fault.building)) return [];
      const made = explicit(fault, { register, startMs, chance: chance.fork(`fault ${i}`) });
      if (typeof made === 'string') problems.push({ path: ['faults', i], message: made });
      return typeof made !== 'string' && made.fromMs < endMs ? [made] : [];
    }),
    ...randomFaults(scenario, register, { startMs, endMs, chance: chance.fork('random') }),
  ];
  const zone = zoneOf(register.organisation.timeZone);
  const firstDay = zone.local(zone.dayAt(startMs).fromMs + (0.5 - scenario.warmupDays) * DAY_MS);
  const plan: Plan = {
    startMs: scenario.warmupDays > 0 ? zone.startOf(firstDay.year, firstDay.month, firstDay.day) : startMs,
    scoredFromMs: startMs,
    endMs,
    seed,
    faults,
    outages: scenario.outages.flatMap((outage, i) => {
      const made = outagesOf(outage, startMs, register);
      // Like a fault, one that comes after the end of a shorter run is left out.
      if (startMs + outage.day * DAY_MS >= endMs || leftOut?.has(outage.of ?? '')) return [];
      if (made.length === 0)
        problems.push({ path: ['outages', i, 'of'], message: `there is no "${outage.of}"` });
      return made;
    }),
    quality: { ...usualQuality, ...defined(network) },
    leastPeriodMs: leastSeconds * 1000,
    weather: shifted(weather, scenario.weather, startMs),
    details: detailsFor(faults, scenario, register),
  };
  return { plan, problems };
}

function startOf({ start }: Scenario, { organisation }: Register): number {
  const [year = 0, month = 1, day = 1] = start.split('-').map(Number);
  return zoneOf(organisation.timeZone).startOf(year, month, day);
}

/** On the wall clock, across changes of daylight-saving time too. */
function momentMs(startMs: number, register: Register, { day, time }: { day: number; time: string }): number {
  const zone = zoneOf(register.organisation.timeZone);
  const { year, month, day: ofMonth } = zone.local(zone.dayAt(startMs).fromMs + (day + 0.5) * DAY_MS);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return zone.startOf(year, month, ofMonth) + hour * HOUR_MS + minute * 60_000;
}

type ExplicitContext = { readonly register: Register; readonly startMs: number; readonly chance: Chance };

/** The planned fault, or why there is none. */
function explicit(
  fault: ScenarioFault,
  { register, startMs, chance }: ExplicitContext,
): PlannedFault | string {
  const { kind, building, size, hours, role } = fault;
  if (!register.buildings.has(building)) {
    const some = [...register.buildings.keys()].slice(0, 5).join(', ');
    return `there is no building "${building}"; there are ${some}, …`;
  }
  const subject = fault.subject ?? subjectOf(kind, building, register, chance, role);
  if (subject === undefined) {
    return `${building} has no ${role ?? (rolesOf[kind] ?? ['device']).join(' or ')} that ${kind} could be of`;
  }
  if (!isPhysicalFault(kind) && !subject.split('+').every((id) => register.devices.has(id))) {
    return `there is no device "${subject}" in the register`;
  }
  const fromMs = momentMs(startMs, register, fault);
  return {
    kind,
    building,
    subject,
    fromMs,
    toMs: fromMs + (hours ?? usualHours[kind]) * HOUR_MS,
    size: size ?? sizeOf(kind),
  };
}

function sizeOf(kind: FaultKind): number {
  return isPhysicalFault(kind) ? physicalFaults[kind].size : sensorFaults[kind].size;
}

/** What the fault is of, when the scenario leaves it open; undefined when the building has nothing of the kind. */
function subjectOf(
  kind: FaultKind,
  building: string,
  register: Register,
  chance: Chance,
  role?: string,
): string | undefined {
  const rows = [...register.devices.values()].flat().filter((device) => device.building === building);
  const wanted = role === undefined ? (rolesOf[kind] ?? []) : [role];
  const of = (devices: readonly Device[]) => devices[Math.floor(chance.at(1) * devices.length)];
  if (!isPhysicalFault(kind)) {
    const found = of(rows.filter((device) => wanted.includes(device.role ?? '')));
    if (kind !== 'swapped-sensors' || !found) return found?.id;
    const partner = rows.find(({ id, role: other }) => id !== found.id && other === found.role);
    return partner ? `${found.id}+${partner.id}` : undefined;
  }
  const { subject } = physicalFaults[kind];
  if (subject === 'container') return of(rows.filter((device) => device.role === 'container'))?.id;
  if (subject !== 'space') return subject;
  // Where somebody can see it.
  return of(rows.filter((device) => device.role === 'room' && device.space !== undefined))?.space;
}

type Span = { readonly startMs: number; readonly endMs: number; readonly chance: Chance };

/** Each kind so often, spread over buildings and time; heating faults while it is cold, if it ever is. */
function randomFaults(
  { random, days }: Scenario,
  register: Register,
  { startMs, endMs, chance }: Span,
): readonly PlannedFault[] {
  if (!random) return [];
  const all: readonly string[] = [...Object.keys(physicalFaults), ...Object.keys(sensorFaults)];
  const kinds = (random.kinds === 'all' ? all : random.kinds).filter((name): name is FaultKind =>
    all.includes(name),
  );
  const buildings = [...register.buildings.keys()];
  // Where somebody can see what solar cells give.
  const solar = [...register.buildings.values()]
    .filter(({ spaces }) => spaces.some((space) => space.kind === 'pv'))
    .map(({ id }) => id);
  const count = Math.max(Math.round((random.perBuildingYear * buildings.length * days) / 365), 1);
  return kinds.flatMap((kind, k) => {
    const own = chance.fork(kind);
    return Array.from({ length: count }, (_, i) => i).flatMap((i): PlannedFault[] => {
      const hours = Math.min(usualHours[kind], LONGEST_SHARE * days * 24);
      const roomMs = Math.max(endMs - startMs - hours * HOUR_MS, 0);
      // The first tenth is for learning what is usual.
      const momentOf = (n: number) => startMs + roomMs * (0.1 + (0.9 * (i + own.at(10 * i + n))) / count);
      const tries = Array.from({ length: 9 }, (_, n) => momentOf(n));
      const anywhere = tries.map((_, n) => startMs + roomMs * (0.1 + 0.9 * own.at(1000 + 10 * i + n)));
      const fromMs = winterKinds.has(kind)
        ? ([...tries, ...anywhere].find(isWinter) ?? momentOf(0))
        : momentOf(0);
      // Neighbouring kinds and events meet in no building as long as there are enough.
      const places = kind === 'pv-string-failing' && solar.length > 0 ? solar : buildings;
      for (let n = 0; n < places.length; n += 1) {
        const building = places[(k + i * strideOf(places.length) + n) % places.length] ?? '';
        const subject = subjectOf(kind, building, register, own.fork(`${i}`));
        if (subject === undefined) continue;
        const sizes = sizesOf[kind] ?? [sizeOf(kind)];
        const size = sizes[Math.floor(own.fork('size').at(i) * sizes.length)] ?? sizeOf(kind);
        return [
          { kind, building, subject, fromMs: minute(fromMs), toMs: minute(fromMs + hours * HOUR_MS), size },
        ];
      }
      return [];
    });
  });
}

/** Events of a kind go from building to building in steps that come to all of them: seven of fourteen would come to two. */
function strideOf(places: number): number {
  return [7, 5, 3, 11].find((stride) => places % stride !== 0) ?? 1;
}

function minute(atMs: number): number {
  return Math.round(atMs / 60_000) * 60_000;
}

function isWinter(atMs: number): boolean {
  const month = new Date(atMs).getUTCMonth() + 1;
  return month >= 11 || month <= 3;
}

function outagesOf(
  { gateway, of, hours, keeps, ...at }: Scenario['outages'][number],
  startMs: number,
  register: Register,
): readonly Outage[] {
  const fromMs = momentMs(startMs, register, at);
  const places = gateway === 'lora' ? register.areas.map(({ id }) => id) : [...register.buildings.keys()];
  return places
    .filter((place) => of === undefined || place === of)
    .map((place) => ({ gateway: `${gateway}-${place}`, fromMs, toMs: fromMs + hours * HOUR_MS, keeps }));
}

function shifted(weather: Weather, shifts: Scenario['weather'], startMs: number): Weather {
  if (shifts.length === 0) return weather;
  return {
    at: (atMs) => {
      const now = weather.at(atMs);
      const day = (atMs - startMs) / DAY_MS;
      // A front takes half a day to come and to go.
      const shiftC = shifts.reduce((sum, { fromDay, toDay, shiftC: most }) => {
        const depth = Math.min((day - fromDay) * 2, (toDay - day) * 2, 1);
        return sum + most * Math.max(depth, 0);
      }, 0);
      return shiftC === 0 ? now : { ...now, outdoorC: now.outdoorC + shiftC };
    },
  };
}

/** What a house must have for its faults to be possible, unless the scenario says what the houses are. */
function detailsFor(
  faults: readonly PlannedFault[],
  { houses, seed }: Scenario,
  register: Register,
): ReadonlyMap<string, Partial<BuildingDetails>> {
  const byBuilding = Map.groupBy(faults, ({ building }) => building);
  return new Map(
    [...register.buildings.values()].map((building) => {
      const own = defined(houses);
      const usual = detailsOf(building, register, seed, own);
      const has = (kind: FaultKind) =>
        byBuilding.get(building.id)?.some((fault) => fault.kind === kind) === true;
      const needed: Partial<BuildingDetails> = {
        ...(has('pv-string-failing') && usual.pvKwp === 0 ? { pvKwp: 30 } : {}),
        ...(has('ventilation-all-night') && usual.ventilation === 'natural'
          ? { ventilation: 'exhaust' }
          : {}),
        ...(has('night-setback-failing') && usual.setbackC === 0 ? { setbackC: 1.5 } : {}),
        ...(has('ev-charging-on-peak') && usual.evChargers === 0 ? { evChargers: 8 } : {}),
      };
      return [building.id, { ...own, ...needed }];
    }),
  );
}

function defined<T extends object>(some: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const kept: { [Name in keyof T]?: Exclude<T[Name], undefined> } = {};
  return Object.assign(
    kept,
    Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)),
  );
}

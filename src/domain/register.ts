import type { Carrier } from './interval.ts';
import type { Role } from './reading.ts';

/** What a main meter is in the register, by what it meters. */
export const mainRoles = { electricity: 'electricityMain', heat: 'heatMain' } as const satisfies Record<
  Carrier,
  Role
>;

/** The building register: who owns what, and which device hangs where. Times and calendars use the organisation's zone. */
export type Register = {
  readonly organisation: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly areas: readonly Area[];
  readonly buildings: ReadonlyMap<string, Building>;
  readonly devices: ReadonlyMap<string, readonly Device[]>;
};

export type Area = {
  readonly id: string;
  readonly name: string;
  readonly buildings: readonly string[];
} & Tariffed;

export type Building = {
  readonly id: string;
  readonly name: string;
  readonly area: string;
  readonly areaM2?: number;
  readonly contact?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly spaces: readonly Space[];
  readonly flexibleLoads: readonly FlexibleLoad[];
  readonly battery?: SiteBattery;
} & Tariffed;

/** By what a building is billed, or an area for the load of its buildings together: names of files under `config/tariffs/`, without `.json`. */
type Tariffed = {
  /** Of its electricity. */
  readonly tariff?: string;
  /** Subscribed power, kW, where that tariff bills one. */
  readonly subscribedKw?: number;
  /** Of its district heating. */
  readonly heatTariff?: string;
  readonly subscribedHeatKw?: number;
};

/** A battery behind the building's main meter. Powers at its terminals; shares are 0..1. */
export type SiteBattery = {
  readonly id: string;
  readonly capacityKwh: number;
  readonly chargeKw: number;
  readonly dischargeKw: number;
  readonly chargeEfficiency: number;
  readonly dischargeEfficiency: number;
  readonly lossPerHour: number;
  /** Absent: no limit. */
  readonly importLimitKw?: number;
  readonly exportLimitKw: number;
  /** Share of the capacity that is left alone, for an outage. */
  readonly reserve: number;
  /** The device that says its `stateOfChargePct`, and its `activePowerW` (positive charges). */
  readonly socDevice?: string;
};

export type Space = { readonly id: string; readonly kind: string; readonly name?: string };

/** A load that may be switched off for a while; lower priority is shed first. */
export type FlexibleLoad = {
  readonly id: string;
  readonly name: string;
  readonly powerKw: number;
  readonly maxOffMinutes: number;
  readonly priority: number;
  /** Once off, it stays off for at least this long. Absent: 0. */
  readonly minOffMinutes?: number | undefined;
  /** How much of what it did not use it uses after, %. Absent: 0. */
  readonly reboundPct?: number | undefined;
  /** Once it is on again, it is left alone for this share of the time that it was off, %. Absent: 50. */
  readonly restPct?: number | undefined;
  /** It heats or airs rooms: it may be off only while nine of ten rooms of the building are at least this warm, °C. */
  readonly warmAboveC?: number | undefined;
  /** kvarter may switch it by command. Absent: it is only recommended. */
  readonly automatic?: boolean | undefined;
  /** By command, at most so often a day. Absent: 4. */
  readonly maxPerDay?: number | undefined;
};

/** One row of `devices.csv`. A device with several channels has a row per channel, or one row for all of them. */
export type Device = {
  readonly id: string;
  readonly model: string;
  readonly building: string;
  readonly space?: string;
  readonly role?: Role;
  /** Absent: the row holds for every channel. */
  readonly channel?: string;
  /** Multiplies power, energy and volume (current-transformer or pulse ratio). */
  readonly ratio?: number;
  /** Added to a temperature or humidity, in its unit (calibration). */
  readonly offset?: number;
  /** How far the device's own clock is ahead, s: taken off the times that it gives. */
  readonly clockAheadS?: number;
  /** Distance that a container's sensor shows when the container is empty and when it is full, mm. */
  readonly emptyMm?: number;
  readonly fullMm?: number;
  /** What a container takes (residual, paper, food, …), and its volume, L. */
  readonly fraction?: string;
  readonly volumeL?: number;
  /** What carries what it says, a device or not: when that is silent, so is this. */
  readonly gateway?: string;
  /** The device that has taken its place, from {@link countsToMs} on. */
  readonly replacedBy?: string;
  /** It counts for its building in [countsFromMs, countsToMs), epoch ms; absent: without an end. */
  readonly countsFromMs?: number;
  readonly countsToMs?: number;
};

/** The buildings of a building's area, itself among them. */
export function buildingsNear({ areas, buildings }: Register, building: string): readonly string[] {
  const area = buildings.get(building)?.area;
  return areas.find(({ id }) => id === area)?.buildings ?? [];
}

const AREA = 'area:';
const ORGANISATION = 'organisation:';

/** Where alerts about an area as one stand. Ids of buildings have no colon. */
export function areaPlaceId(area: string): string {
  return `${AREA}${area}`;
}

/** Undefined when the place is no area. */
export function areaOfPlace(id: string): string | undefined {
  return id.startsWith(AREA) ? id.slice(AREA.length) : undefined;
}

/** Where alerts about the whole organisation stand. */
export function organisationPlace({ organisation }: Pick<Register, 'organisation'>): string {
  return `${ORGANISATION}${organisation.id}`;
}

export function isOrganisationPlace(place: string): boolean {
  return place.startsWith(ORGANISATION);
}

/** A row to be added, with what it says to people. */
export type NewDevice = Device & { readonly note?: string };

/** The row that holds for a device's channel: its own, or the one for all channels. */
export function deviceRow(rows: readonly Device[], channel: string | undefined): Device | undefined {
  return rows.find((row) => row.channel === channel) ?? rows.find((row) => row.channel === undefined);
}

/** Is it one of these for its building, with any of its channels? */
export function hasRole(
  { devices }: Pick<Register, 'devices'>,
  device: string,
  roles: readonly Role[],
): boolean {
  return devices.get(device)?.some(({ role }) => role !== undefined && roles.includes(role)) ?? false;
}

/** Does it count for its building at this moment: has it been put in, and not yet been replaced? */
export function countsAt(
  { countsFromMs, countsToMs }: Pick<Device, 'countsFromMs' | 'countsToMs'>,
  atMs: number,
): boolean {
  return (
    (countsFromMs === undefined || atMs >= countsFromMs) && (countsToMs === undefined || atMs < countsToMs)
  );
}

import { setImmediate as turn } from 'node:timers/promises';
import { DAY_MS, MINUTE_MS } from '../domain/interval.ts';
import { deviceRow, type Register } from '../domain/register.ts';
import { type Zone, zoneOf } from '../domain/zone.ts';
import { holidaysOf } from '../energy/tariffs/holidays.ts';
import type { ReadingStore, StoredReading } from '../store/store.ts';
import type { CollectionContainer } from '../waste/collection.ts';
import { type ContainerSample, dailyLevels } from '../waste/daily-levels.ts';
import { createFillForecast } from '../waste/fill/fill-forecast.ts';

/** A registered container, what it takes, and how it fills. */
export type KnownContainer = CollectionContainer & {
  readonly device: string;
  readonly channel: string | undefined;
  readonly building: string;
  readonly space: string | undefined;
  readonly fraction: string | undefined;
};

export type ContainerSettings = {
  readonly thresholdPct: number;
  readonly learnDays: number;
  readonly refreshMinutes: number;
  readonly densities: readonly { readonly fraction: string; readonly kgPerL: number }[];
};

const PAGE = 10_000;
/** Of one device: some two years of quarter-hours. */
const MOST_READINGS = 70_000;
/** Rows between two turns of the event loop: some milliseconds. */
const AT_ONCE = 50;
const QUANTITIES = ['fillLevelPct', 'tilted'] as const;

/** The containers of a register at a moment. */
export type ContainersOf = (register: Register, nowMs: number) => Promise<readonly KnownContainer[]>;

/** Learns anew when the register has changed, or after `refreshMinutes`; who asks meanwhile waits for the same. */
export function createContainerBook(
  store: Pick<ReadingStore, 'readings'>,
  settings: ContainerSettings,
): ContainersOf {
  let known: { register: Register; atMs: number; containers: Promise<readonly KnownContainer[]> } | undefined;
  return (register, nowMs) => {
    const ageMs = nowMs - (known?.atMs ?? Number.NEGATIVE_INFINITY);
    if (known?.register === register && ageMs < settings.refreshMinutes * MINUTE_MS) return known.containers;
    const containers = knownContainers(store, register, { nowMs, settings });
    known = { register, atMs: nowMs, containers };
    // What failed is asked anew.
    containers.catch(() => {
      known = undefined;
    });
    return containers;
  };
}

/**
 * Learns from the stored daily levels of all containers how each fills: those of one fraction from each other first, holidays
 * as Sundays. Other requests are answered in between.
 */
async function knownContainers(
  store: Pick<ReadingStore, 'readings'>,
  register: Register,
  { nowMs, settings }: { readonly nowMs: number; readonly settings: ContainerSettings },
): Promise<readonly KnownContainer[]> {
  const zone = zoneOf(register.organisation.timeZone);
  const found = new Map<string, KnownContainer>();
  const levels: { id: string; atMs: number; levelPct: number }[] = [];
  for (const [device, rows] of register.devices) {
    if (!rows.some(({ role }) => role === 'container')) continue;
    const readings = await readingsOf(store, device, {
      fromMs: nowMs - settings.learnDays * DAY_MS,
      toMs: nowMs + 1,
    });
    const channels = new Set(readings.filter(isLevel).map(({ point }) => point.channel));
    for (const channel of channels.size === 0 ? [rows[0]?.channel] : channels) {
      const row = deviceRow(rows, channel);
      if (row?.role !== 'container') continue;
      const id = `${device}|${channel ?? ''}`;
      const { fraction, volumeL, building, space } = row;
      const kgPerL = settings.densities.find((density) => density.fraction === fraction)?.kgPerL;
      const weights = {
        ...(volumeL === undefined ? {} : { volumeL }),
        ...(kgPerL === undefined ? {} : { kgPerL }),
      };
      found.set(id, { id, device, channel, building, space, fraction, ...weights });
      const samples = readings.flatMap((reading) => sampleOf(reading, channel));
      for (const level of dailyLevels(samples, (atMs) => zone.dayAt(atMs).fromMs))
        levels.push({ id, ...level });
    }
  }
  const forecast = createFillForecast({
    thresholdPct: settings.thresholdPct,
    withinMs: [],
    weekdayOf: weekdays(register.organisation.timeZone),
  });
  for (const [at, { id, atMs, levelPct }] of levels.toSorted((a, b) => a.atMs - b.atMs).entries()) {
    const container = found.get(id);
    if (!container) continue;
    const estimate = forecast.next(id, { atMs, wallMs: wallOf(zone, atMs), levelPct }, container.fraction);
    found.set(id, { ...container, newest: { atMs, levelPct, estimate } });
    if (at % AT_ONCE === 0) await turn();
  }
  return [...found.values()];
}

async function readingsOf(
  store: Pick<ReadingStore, 'readings'>,
  device: string,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly StoredReading[]> {
  const all: StoredReading[] = [];
  for (const quantity of QUANTITIES) {
    let after: StoredReading | undefined;
    do {
      const page: readonly StoredReading[] = await store.readings({
        device,
        quantity,
        ...span,
        limit: PAGE,
        ...(after && { after }),
      });
      for (const reading of page) all.push(reading);
      after = page.length === PAGE && all.length < MOST_READINGS ? page.at(-1) : undefined;
    } while (after);
  }
  // A tilt that is said with a level is about that level.
  return all.toSorted((a, b) => a.atMs - b.atMs || Number(isLevel(a)) - Number(isLevel(b)));
}

function isLevel({ point }: StoredReading): boolean {
  return point.quantity === 'fillLevelPct';
}

/** A tilt without a channel is of the whole device. */
function sampleOf(
  { point, atMs, value }: StoredReading,
  channel: string | undefined,
): readonly ContainerSample[] {
  const { quantity } = point;
  if (quantity === 'fillLevelPct') return point.channel === channel ? [{ atMs, quantity, value }] : [];
  if (quantity !== 'tilted') return [];
  return point.channel === undefined || point.channel === channel ? [{ atMs, quantity, value }] : [];
}

function wallOf(zone: Zone, atMs: number): number {
  const { year, month, day, minuteOfDay } = zone.local(atMs);
  return Date.UTC(year, month - 1, day) + minuteOfDay * MINUTE_MS;
}

/** Sunday is 0, and so is a holiday of the zone's country. */
function weekdays(timeZone: string): (wallMs: number) => number {
  return (wallMs) => {
    const date = new Date(wallMs);
    const isHoliday = holidaysOf(timeZone, date.getUTCFullYear())?.has(date.toISOString().slice(0, 10));
    return isHoliday ? 0 : date.getUTCDay();
  };
}

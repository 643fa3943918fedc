import { type Carrier, type LoadQuarter, type Meter, meterKey, QUARTER_MS } from '../domain/interval.ts';
import { countsAt, type Device, deviceRow, mainRoles, type Register } from '../domain/register.ts';
import { withExchanged } from '../energy/loads/exchanged-load.ts';
import type { Counting } from '../energy/loads/intervals.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { ReadingStore } from '../store/store.ts';

/** A main meter, and the series of its building that it is or was the meter of. */
export type MainMeter = { readonly row: Device; readonly meter: Meter; readonly series: string };

/** Asked of the store at once. */
const AT_ONCE = 8;
/** Exchanges of one meter; the register has refused circles. */
const MOST_EXCHANGES = 1000;

/** The channels in which a device meters, as far as it has spoken. */
export type ChannelsOf = (device: string) => readonly (string | undefined)[];

/** Those of the buildings, whenever they count. A row for all channels stands for each that has no row of its own. */
export function mainMeters(
  register: Register,
  buildings: ReadonlySet<string>,
  channelsOf: ChannelsOf,
  carrier: Carrier = 'electricity',
): readonly MainMeter[] {
  return [...register.devices.values()].flat().flatMap((row) => {
    if (row.role !== mainRoles[carrier] || !buildings.has(row.building)) return [];
    const last = newest(register, row);
    return channelsOfRow(register, row, channelsOf).map((channel) => ({
      row,
      meter: meterOf(row.id, channel, carrier),
      series: meterKey(meterOf(last.id, last.channel ?? channel, carrier)),
    }));
  });
}

/** What a device says of itself as a whole holds all of its channels. */
function channelsOfRow({ devices }: Register, row: Device, channelsOf: ChannelsOf) {
  if (row.channel !== undefined) return [row.channel];
  const rows = devices.get(row.id) ?? [];
  const own = channelsOf(row.id).filter((channel) => deviceRow(rows, channel) === row);
  return own.length === 0 || own.includes(undefined) ? [undefined] : own;
}

/** How many of them count in a quarter. */
export function countingIn(meters: readonly MainMeter[]): (quarterMs: number) => number {
  const exchanged = meters.filter(({ row }) => isExchanged(row));
  const always = meters.length - exchanged.length;
  return (quarterMs) => always + exchanged.filter(({ row }) => countsAt(row, quarterMs)).length;
}

/** Their load: of a series whose meter was replaced, from the one until then, and from the other from then on. */
export async function loadOf(
  store: Pick<ReadingStore, 'load' | 'intervals'>,
  meters: readonly MainMeter[],
  span: Span,
): Promise<readonly LoadQuarter[]> {
  const quarters = await store.load({
    meters: meters.map(({ row, meter }) => ({ ...meter, ...wholeQuarters(row) })),
    ...span,
  });
  const cut = meters.flatMap((main) => cutQuarters(main.row, span).map((fromMs) => ({ ...main, fromMs })));
  const exchanged = [];
  for (let at = 0; at < cut.length; at += AT_ONCE) {
    exchanged.push(
      ...(await Promise.all(
        cut.slice(at, at + AT_ONCE).map(async ({ row, meter, series, fromMs }) => {
          const intervals = await store.intervals({ meter, fromMs, toMs: fromMs + QUARTER_MS });
          return { series, counting: row, intervals };
        }),
      )),
    );
  }
  return withExchanged(quarters, exchanged);
}

/** The time in which all of each quarter counts; no bound where there is none. */
function wholeQuarters({ countsFromMs, countsToMs }: Counting): Partial<Span> {
  return {
    ...(countsFromMs === undefined ? {} : { fromMs: Math.ceil(countsFromMs / QUARTER_MS) * QUARTER_MS }),
    ...(countsToMs === undefined ? {} : { toMs: Math.floor(countsToMs / QUARTER_MS) * QUARTER_MS }),
  };
}

/** The quarters of which a part counts, because the meter was exchanged in them. */
function cutQuarters({ countsFromMs, countsToMs }: Counting, { fromMs, toMs }: Span): readonly number[] {
  const cut = [countsFromMs, countsToMs].flatMap((atMs) =>
    atMs === undefined || atMs % QUARTER_MS === 0 ? [] : [Math.floor(atMs / QUARTER_MS) * QUARTER_MS],
  );
  return [...new Set(cut)].filter((startMs) => startMs >= fromMs && startMs < toMs);
}

function newest({ devices }: Register, row: Device): Device {
  let last = row;
  for (let i = 0; i < MOST_EXCHANGES && last.replacedBy !== undefined; i += 1) {
    const next = deviceRow(devices.get(last.replacedBy) ?? [], row.channel);
    if (!next) break;
    last = next;
  }
  return last;
}

function meterOf(device: string, channel: string | undefined, carrier: Carrier): Meter {
  return { device, ...(channel === undefined ? {} : { channel }), carrier };
}

function isExchanged({ countsFromMs, countsToMs }: Device): boolean {
  return countsFromMs !== undefined || countsToMs !== undefined;
}

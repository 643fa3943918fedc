import { DAY_MS, MINUTE_MS } from '../domain/interval.ts';
import {
  boundsOf,
  FIRST_MS,
  type Flux,
  firstFlux,
  LAST_MS,
  lastFlux,
  type Range,
  readingsFlux,
  samplesFlux,
} from './flux.ts';
import type { Connection } from './influxdb-connection.ts';
import { compareReadings, type Found, foundReading, inOrder, newestOf } from './influxdb-found.ts';
import type { ReadingQuery, ReadingStore, StoredReading } from './store.ts';

type Query = Connection['query'];

const GROWTH = 8;

/**
 * A page of readings. InfluxDB finds series and times, but has no order over all of them: to answer a page, it reads
 * all that the range holds. So the range begins narrow and widens until the page is full.
 */
export async function selectReadings(
  query: Query,
  bucket: string,
  asked: ReadingQuery,
): Promise<readonly StoredReading[]> {
  const { after, limit } = asked;
  const { fromMs: start, toMs } = boundsOf(asked);
  const select = (range: Range, most?: number) =>
    range.fromMs < range.toMs ? collect(query, readingsFlux(bucket, asked, range, most)) : [];
  /** Everything at one time: InfluxDB orders by time alone, so a full answer may end in the middle of a moment. */
  const selectMoment = async (atMs: number) => inOrder(await select({ fromMs: atMs, toMs: atMs + 1 }));

  const page: Found[] = [];
  let fromMs = start;
  if (after !== undefined && after.atMs >= start && after.atMs < toMs) {
    page.push(...(await selectMoment(after.atMs)).filter((reading) => compareReadings(reading, after) > 0));
  }
  if (after !== undefined) fromMs = Math.max(start, after.atMs + 1);
  if (fromMs === FIRST_MS) fromMs = await firstMs(query, bucket, asked, { fromMs, toMs });

  for (
    let widthMs = asked.device === undefined ? MINUTE_MS : DAY_MS;
    fromMs < toMs && page.length < limit;
  ) {
    const endMs = Math.min(fromMs + widthMs, toMs);
    const most = limit - page.length;
    const found = await select({ fromMs, toMs: endMs }, most);
    const last = found.at(-1);
    if (last === undefined || found.length < most) {
      page.push(...inOrder(found));
      fromMs = endMs;
      widthMs *= GROWTH;
    } else {
      page.push(...inOrder(found.filter(({ atMs }) => atMs < last.atMs)), ...(await selectMoment(last.atMs)));
      fromMs = last.atMs + 1;
    }
  }
  return page.slice(0, limit).map(plain);
}

/** Every device is named in the text of a query. */
const DEVICES_PER_QUERY = 500;

export async function selectSamples(
  query: Query,
  bucket: string,
  { points, fromMs, toMs }: Parameters<ReadingStore['samples']>[0],
): Promise<readonly StoredReading[]> {
  const range = boundsOf({ fromMs, toMs: toMs + 1 });
  const found: Found[] = [];
  if (range.fromMs >= range.toMs) return found;
  const kinds = Map.groupBy(points, ({ quantity, channel }) => `${quantity}|${channel ?? ''}`);
  for (const [first, ...others] of kinds.values()) {
    if (first === undefined) continue;
    const devices = [...new Set([first, ...others].map(({ device }) => device))];
    for (let from = 0; from < devices.length; from += DEVICES_PER_QUERY) {
      const some = { ...first, devices: devices.slice(from, from + DEVICES_PER_QUERY) };
      found.push(...(await collect(query, samplesFlux(bucket, some, range))));
    }
  }
  return inOrder(found).map(plain);
}

export async function selectNewest(
  query: Query,
  bucket: string,
  match: Parameters<ReadingStore['last']>[0],
): Promise<readonly StoredReading[]> {
  const found = await collect(query, lastFlux(bucket, match, { fromMs: FIRST_MS, toMs: LAST_MS }));
  return newestOf(found).map(plain);
}

/** The time of the oldest reading, or the end of the range. */
async function firstMs(query: Query, bucket: string, match: ReadingQuery, range: Range): Promise<number> {
  const found = range.fromMs < range.toMs ? await collect(query, firstFlux(bucket, match, range)) : [];
  return found.reduce((oldest, { atMs }) => Math.min(oldest, atMs), range.toMs);
}

async function collect(query: Query, flux: Flux): Promise<readonly Found[]> {
  const found: Found[] = [];
  await query(flux, (row) => {
    const reading = foundReading(row);
    if (reading !== undefined) found.push(reading);
  });
  return found;
}

function plain({ point, atMs, value }: Found): StoredReading {
  return { point, atMs, value };
}

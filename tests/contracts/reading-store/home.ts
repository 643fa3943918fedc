import type { Carrier, Interval, Meter } from '../../../src/domain/interval.ts';
import type { Quantity } from '../../../src/domain/quantity.ts';
import { pointKey, type Reading } from '../../../src/domain/reading.ts';
import type { ReadingStore, StoredReading } from '../../../src/store/store.ts';

/** Where an adapter keeps its data: what one store wrote, the next one opened here has. */
export type Home = { open(): Promise<ReadingStore> } & AsyncDisposable;
export type OpenHome = () => Promise<Home>;

export const T0 = Date.UTC(2026, 0, 15, 7);
export const DAY_MS = 24 * 60 * 60_000;

export type Place = { readonly building?: string; readonly quantity?: Quantity; readonly channel?: string };

export function reading(
  device: string,
  atMs: number,
  value: number,
  { building = 'b1', quantity = 'activePowerW', channel }: Place = {},
): Reading {
  const point = { device, quantity, ...(channel === undefined ? {} : { channel }) };
  const place = { key: pointKey(point), organisation: 'o', area: 'a', building };
  return { point: { ...point, ...place }, atMs, value, receivedAtMs: atMs };
}

export function meter(device: string, channel?: string, carrier: Carrier = 'electricity'): Meter {
  return { device, carrier, ...(channel === undefined ? {} : { channel }) };
}

export function interval(of: Meter, fromMs: number, energyWh: number, coverage = 1): Interval {
  return { meter: of, fromMs, energyWh, coverage };
}

/** A fresh store for one test. */
export async function withStore(openHome: OpenHome, use: (store: ReadingStore) => Promise<void>) {
  await using home = await openHome();
  await using store = await home.open();
  await use(store);
}

export const values = (found: readonly { readonly value: number }[]) => found.map(({ value }) => value);

/** `device quantity/channel @ offset from T0 = value`, for comparing at a glance. */
export function brief({ point, atMs, value }: StoredReading): string {
  const { device, quantity, channel } = point;
  return `${device} ${quantity}${channel === undefined ? '' : `/${channel}`} @${atMs - T0} = ${value}`;
}

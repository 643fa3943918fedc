import { DAY_MS, type Meter, meterKey } from '../domain/interval.ts';
import { pointKey } from '../domain/reading.ts';
import { pointOf, type Source, sources } from '../energy/loads/intervals.ts';
import { createWindow, type SampleWindow } from '../energy/loads/window.ts';
import type { ReadingStore } from '../store/store.ts';

/** What a meter has said, from a moment on, by its power samples and by its register. */
export type Windows = Readonly<Record<Source, SampleWindow>>;

/** A meter, and the time of which its stored samples are needed, both ends included, epoch ms. */
export type Asked = { readonly meter: Meter; readonly fromMs: number; readonly toMs: number };

/** What they said in a day of minutes fits well into memory. */
const METERS_AT_ONCE = 50;

/**
 * The stored samples of meters, by their keys. Many at once: while an import keeps the rules busy, each answer of the store has to
 * wait for its turn several times, and a thousand meters would take minutes one by one.
 */
export async function storedWindows(
  store: Pick<ReadingStore, 'samples'>,
  asked: readonly Asked[],
): Promise<ReadonlyMap<string, Windows>> {
  const windows = new Map<string, Windows>();
  // One that is asked of for a year must not make the others be read for a year.
  const alike = Map.groupBy(
    asked,
    ({ fromMs, toMs }) => `${Math.floor(fromMs / DAY_MS)}|${Math.floor(toMs / DAY_MS)}`,
  );
  for (const some of alike.values()) {
    for (let at = 0; at < some.length; at += METERS_AT_ONCE) {
      await readWindows(store, some.slice(at, at + METERS_AT_ONCE), windows);
    }
  }
  return windows;
}

async function readWindows(
  store: Pick<ReadingStore, 'samples'>,
  asked: readonly Asked[],
  windows: Map<string, Windows>,
): Promise<void> {
  const byPoint = new Map<string, SampleWindow>();
  for (const { meter, fromMs } of asked) {
    const made = { power: createWindow(fromMs), register: createWindow(fromMs) };
    windows.set(meterKey(meter), made);
    for (const source of sources) byPoint.set(pointKey(pointOf(meter, source)), made[source]);
  }
  const found = await store.samples({
    points: asked.flatMap(({ meter }) => sources.map((source) => pointOf(meter, source))),
    fromMs: Math.min(...asked.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...asked.map(({ toMs }) => toMs)),
  });
  for (const { point, atMs, value } of found) byPoint.get(pointKey(point))?.add(atMs, value);
}

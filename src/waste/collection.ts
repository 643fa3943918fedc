import { DAY_MS } from '../domain/interval.ts';
import type { FillEstimate } from './fill/fill-forecast.ts';
import { passedWithin } from './fill/passage.ts';

/** A container on a round: what is known of it. */
export type CollectionContainer = {
  readonly id: string;
  /** What stands in it, if it was ever heard. */
  readonly newest?: { readonly atMs: number; readonly levelPct: number; readonly estimate: FillEstimate };
  readonly volumeL?: number;
  /** Of its content as it lies there, kg/L. */
  readonly kgPerL?: number;
};

export type CollectionOptions = {
  readonly nowMs: number;
  /** The round after this one: what is not collected now has to last until then. */
  readonly beforeMs: number;
  readonly thresholdPct: number;
  /** A container is collected when the chance that it passes the threshold before the next round is above this. */
  readonly chance: number;
  /** Of a container that has been silent for longer nothing is known: it is collected, as it would be without sensor. */
  readonly silentMs: number;
};

/** `full`: at or above the threshold. `filling`: it will be, too likely. `silent`: not known. `lasts`: it can be skipped. */
export type CollectionReason = 'full' | 'filling' | 'silent' | 'lasts';

export type CollectionEntry<T> = {
  readonly container: T;
  readonly collect: boolean;
  readonly reason: CollectionReason;
  /** Chance that it is at the threshold before the next round if it is not emptied now; undefined: not known. */
  readonly chance: number | undefined;
  /** What is in it now, kg; undefined where volume or density is not known. */
  readonly kg: number | undefined;
};

export type Collection<T> = {
  /** To be collected first, the most urgent first. */
  readonly entries: readonly CollectionEntry<T>[];
  readonly containers: number;
  readonly toCollect: number;
  readonly skipped: number;
  /** What is to be collected, kg, over those where it is known; undefined where it is known of none. */
  readonly kg: number | undefined;
};

/** Which containers a round has to empty, so that none is too full before the next. */
export function collectionOf<T extends CollectionContainer>(
  containers: readonly T[],
  options: CollectionOptions,
): Collection<T> {
  const entries = containers
    .map((container) => entryOf(container, options))
    .toSorted((a, b) => Number(b.collect) - Number(a.collect) || (b.chance ?? 1) - (a.chance ?? 1));
  const collected = entries.filter(({ collect }) => collect);
  const weights = collected.flatMap(({ kg }) => (kg === undefined ? [] : [kg]));
  return {
    entries,
    containers: entries.length,
    toCollect: collected.length,
    skipped: entries.length - collected.length,
    kg: weights.length === 0 ? undefined : weights.reduce((sum, kg) => sum + kg, 0),
  };
}

function entryOf<T extends CollectionContainer>(
  container: T,
  options: CollectionOptions,
): CollectionEntry<T> {
  const { newest, volumeL, kgPerL } = container;
  if (newest === undefined || options.nowMs - newest.atMs > options.silentMs) {
    return { container, collect: true, reason: 'silent', chance: undefined, kg: undefined };
  }
  const isKnown = volumeL !== undefined && kgPerL !== undefined;
  const kg = isKnown ? (newest.levelPct / 100) * volumeL * kgPerL : undefined;
  if (newest.levelPct >= options.thresholdPct) {
    return { container, collect: true, reason: 'full', chance: 1, kg };
  }
  const days = Math.max((options.beforeMs - newest.atMs) / DAY_MS, 0);
  const chance = passedWithin(newest.estimate.passage, days);
  const collect = chance > options.chance;
  return { container, collect, reason: collect ? 'filling' : 'lasts', chance, kg };
}

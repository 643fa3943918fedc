/** A point or a meter as its table has it. */
export type SeriesRow = {
  readonly id: number;
  readonly device: string;
  /** The quantity of a point, the carrier of a meter. */
  readonly kind: string;
  readonly channel: string | undefined;
};

/** The small numbers by which rows name their point or meter. */
export type SeriesBook = {
  /** The number, when the series was ever written. */
  find(key: string): number | undefined;
  /** The number; a new series gets the next one, and is unsaved until `saved` says otherwise. */
  number(key: string, series: { readonly device: string; readonly channel?: string }, kind: string): number;
  /** What the table lacks, oldest first. A write that fails leaves it unsaved, to go with the next one. */
  unsaved(): readonly SeriesRow[];
  saved(count: number): void;
};

export function createSeriesBook(rows: readonly { readonly id: number; readonly key: string }[]): SeriesBook {
  const ids = new Map(rows.map(({ id, key }) => [key, id]));
  let next = rows.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
  let unsaved: SeriesRow[] = [];
  return {
    find: (key) => ids.get(key),
    number(key, { device, channel }, kind) {
      const known = ids.get(key);
      if (known !== undefined) return known;
      const id = next++;
      ids.set(key, id);
      unsaved.push({ id, device, kind, channel: channel || undefined });
      return id;
    },
    unsaved: () => unsaved,
    saved(count) {
      unsaved = unsaved.slice(count);
    },
  };
}

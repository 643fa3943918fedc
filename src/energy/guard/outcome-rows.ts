import { z } from 'zod';

export const toldWindowSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  toldAtMs: z.number(),
  /** That it ends among the billed ones, as it was told last. */
  chance: z.number(),
  projectedKw: z.number(),
  budgetKw: z.number(),
  /** Its mean, once it is over. */
  meanKw: z.number().exactOptional(),
  /** What ending below its budget, as it was told last, saved in the mean. */
  saved: z.number().exactOptional(),
});

/** A told window as it was told first, and what became of it. */
const outcomeSchema = toldWindowSchema.extend({
  /** Known when its billing period is over. */
  isBilled: z.boolean().exactOptional(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/**
 * Told windows, the oldest first, in one row of numbers: of each those of {@link Outcome}, in that order. A record for each took
 * three times as much. Plain JSON.
 */
export type OutcomeRows = number[];
const WIDTH = 9;
const [MEAN_AT, SAVED_AT] = [6, 7];
/** What is not known yet. No power and no sum of money is as low; and a row of numbers has no room for null. */
const UNKNOWN = -1e12;

export function outcomesOf(rows: OutcomeRows): Outcome[] {
  return Array.from({ length: rows.length / WIDTH }, (_, i) => {
    const [fromMs = 0, toMs = 0, toldAtMs = 0, chance = 0, projectedKw = 0, budgetKw = 0, ...later] =
      rows.slice(i * WIDTH, (i + 1) * WIDTH);
    const [meanKw, saved, isBilled] = later.map((value) => (value === UNKNOWN ? undefined : value));
    return {
      ...{ fromMs, toMs, toldAtMs, chance, projectedKw, budgetKw },
      ...(meanKw === undefined ? {} : { meanKw }),
      ...(saved === undefined ? {} : { saved }),
      ...(isBilled === undefined ? {} : { isBilled: isBilled === 1 }),
    };
  });
}

export function rowsOf(outcomes: readonly Outcome[]): OutcomeRows {
  return (
    outcomes
      .flatMap(({ fromMs, toMs, toldAtMs, chance, projectedKw, budgetKw, meanKw, saved, isBilled }) => [
        ...[fromMs, toMs, toldAtMs, chance, projectedKw, budgetKw],
        ...[meanKw, saved, isBilled === undefined ? undefined : Number(isBilled)].map(
          (value) => value ?? UNKNOWN,
        ),
      ])
      // What `flatMap` gives has room to grow, up to twice what is in it.
      .slice()
  );
}

/** Notes what became of the window that starts at a moment, if it was told. */
export function noteOutcome(
  rows: OutcomeRows,
  fromMs: number,
  { meanKw, saved }: Pick<Outcome, 'meanKw' | 'saved'>,
): void {
  for (let at = 0; at < rows.length; at += WIDTH) {
    if (rows[at] !== fromMs) continue;
    if (meanKw !== undefined) rows[at + MEAN_AT] = meanKw;
    if (saved !== undefined) rows[at + SAVED_AT] = saved;
  }
}

/** Before December 2026 a record for each window. */
export const outcomeRowsSchema = z.union([z.array(z.number()), z.array(outcomeSchema).transform(rowsOf)]);

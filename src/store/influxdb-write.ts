import { LINES_PER_REQUEST } from './influxdb-connection.ts';
import { isTooLarge, refusalOf } from './influxdb-errors.ts';
import type { Refused } from './store.ts';

/** An item and its line of line protocol. */
export type LineOf<T> = { readonly item: T; readonly line: string };

/**
 * Sends a batch in order, some thousand lines at a time. Gives back the items that the server refuses for good; all
 * others are stored when it resolves. Rejects with what `send` rejects with, and then any part may be stored.
 */
export async function writeLines<T>(
  rows: readonly LineOf<T>[],
  send: (lines: readonly string[]) => Promise<void>,
): Promise<readonly Refused<T>[]> {
  const refused: Refused<T>[] = [];
  for (let from = 0; from < rows.length; from += LINES_PER_REQUEST) {
    refused.push(...(await writeOrHalve(rows.slice(from, from + LINES_PER_REQUEST), send)));
  }
  return refused;
}

/** A bad line is found in about 2·log₂(lines) requests: what is sent again meanwhile stays as it is. */
async function writeOrHalve<T>(
  rows: readonly LineOf<T>[],
  send: (lines: readonly string[]) => Promise<void>,
): Promise<readonly Refused<T>[]> {
  try {
    await send(rows.map(({ line }) => line));
    return [];
  } catch (error) {
    const refusal = refusalOf(error);
    // A line is some hundred bytes: where that is too large, the limit is wrong and not the line.
    if (refusal === undefined || (rows.length === 1 && isTooLarge(error))) throw error;
    const { reason, lines } = refusal;
    if (rows.length === 1 || lines === rows.length) return rows.map(({ item }) => ({ item, reason }));
    // What is wrong is often wrong for a whole measurement: together, its lines are refused by the thousand.
    const sorted = rows.toSorted((a, b) => compareText(measurement(a), measurement(b)));
    const middle = rows.length >> 1;
    return [
      ...(await writeOrHalve(sorted.slice(0, middle), send)),
      ...(await writeOrHalve(sorted.slice(middle), send)),
    ];
  }
}

function measurement({ line }: LineOf<unknown>): string {
  return line.slice(0, line.indexOf(','));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

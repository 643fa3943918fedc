import { HOUR_MS } from '../domain/interval.ts';
import { type LineNote, parseSeriesFile } from './series-file.ts';

/** Consumption over equal steps of time. */
export type Load = {
  /** Start of the first interval, epoch ms. */
  readonly fromMs: number;
  /** 15, 30 or 60 minutes. */
  readonly spacingMs: number;
  /** Mean power of each interval, kW; NaN is missing. */
  readonly kw: Float64Array;
};

export type LoadFile =
  | { readonly ok: true; readonly load: Load; readonly notes: readonly LineNote[] }
  | { readonly ok: false; readonly problems: readonly LineNote[] };

/**
 * Reads the CSV of a load: header `time,kw` or `time,kwh`, times the *starts* of intervals; see `parseSeriesFile` for what is
 * refused and what is noted. `timeZone`: of times without offset.
 */
export function parseLoadFile(text: string, options: { readonly timeZone: string }): LoadFile {
  const file = parseSeriesFile(text, {
    ...options,
    columns: ['kw', 'kwh'],
    required: [['kw', 'kwh']],
    notNegative: ['kw', 'kwh'],
  });
  if (!file.ok) return file;
  const { fromMs, spacingMs, columns } = file.series;
  const kwh = columns.get('kwh');
  const kw = columns.get('kw') ?? kwh?.map((energy) => (energy * HOUR_MS) / spacingMs);
  return { ok: true, load: { fromMs, spacingMs, kw: kw ?? new Float64Array() }, notes: file.notes };
}

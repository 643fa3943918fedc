import { HOUR_MS } from '../../domain/interval.ts';
import { parseSeriesFile } from './series-file.ts';
import type { LineNote } from './series-rows.ts';

/** Consumption over equal steps of time. */
export type Load = {
  /** Start of the first interval, epoch ms. */
  readonly fromMs: number;
  /** 15, 30 or 60 minutes. */
  readonly spacingMs: number;
  /** Mean power of each interval, kW; NaN is missing. */
  readonly kw: Float64Array;
  /** Mean reactive power, kVAr, where the file has it. */
  readonly kvar?: Float64Array;
  /** Volume of flow (district heating) of each interval, m³, where the file has it. */
  readonly m3?: Float64Array;
  /** Mean temperatures of district heating's return and supply, °C, where the file has them. */
  readonly returnC?: Float64Array;
  readonly supplyC?: Float64Array;
};

export type LoadFile =
  | { readonly ok: true; readonly load: Load; readonly notes: readonly LineNote[] }
  | { readonly ok: false; readonly problems: readonly LineNote[] };

export type LoadFileOptions = {
  /** Of times without offset. */
  readonly timeZone: string;
  /** Less what the building generates itself, so that it may be negative. */
  readonly isNet?: boolean;
};

/**
 * Reads the CSV of a load: header `time,kw` or `time,kwh` (and, for tariffs that bill them, `kvar` or `kvarh`,
 * `m3`, and the temperatures `return_c` and `supply_c`), times the *starts* of intervals; see `parseSeriesFile` for what is
 * refused and what is noted.
 */
export function parseLoadFile(text: string, { timeZone, isNet = false }: LoadFileOptions): LoadFile {
  const file = parseSeriesFile(text, {
    timeZone,
    columns: ['kw', 'kwh', 'kvar', 'kvarh', 'm3', 'return_c', 'supply_c'],
    required: [['kw', 'kwh']],
    optional: [['kvar', 'kvarh']],
    notNegative: isNet ? ['m3'] : ['kw', 'kwh', 'm3'],
  });
  if (!file.ok) return file;
  const { fromMs, spacingMs, columns } = file.series;
  const perHour = (energy: number) => (energy * HOUR_MS) / spacingMs;
  const kw = columns.get('kw') ?? columns.get('kwh')?.map(perHour) ?? new Float64Array();
  const kvar = columns.get('kvar') ?? columns.get('kvarh')?.map(perHour);
  const [m3, returnC, supplyC] = (['m3', 'return_c', 'supply_c'] as const).map((name) => columns.get(name));
  const load = {
    fromMs,
    spacingMs,
    kw,
    ...(kvar && { kvar }),
    ...(m3 && { m3 }),
    ...(returnC && { returnC }),
    ...(supplyC && { supplyC }),
  };
  return { ok: true, load, notes: file.notes };
}

import { csvTableOf } from '../../domain/csv-form.ts';
import { parseSeriesFile } from './series-file.ts';
import type { LineNote } from './series-rows.ts';

/** Outdoor temperature over equal steps of time. */
export type Weather = {
  /** Start of the first step, epoch ms. */
  readonly fromMs: number;
  /** 15, 30 or 60 minutes. */
  readonly spacingMs: number;
  /** Of each step, °C; NaN is missing. */
  readonly temperatureC: Float64Array;
};

export type WeatherFile =
  | { readonly ok: true; readonly weather: Weather; readonly notes: readonly LineNote[] }
  | { readonly ok: false; readonly problems: readonly LineNote[] };

const TIME = /^(?:time|date_?time|timestamp)$/i;
/** `temperature`, `air_temperature [degC]`, `outdoorTemperatureC`, … */
const TEMPERATURE = /^(?:outdoor|air|outside)?[ _]?temp(?:erature)?[ _]?(?:c|degc)?(?:\s*[[(].*[\])])?$/i;

/**
 * Reads the CSV of the weather: a column `time` (or `datetime`, `timestamp`) and one of temperature by any of its usual
 * names; others are passed over. Weather services write UTC all the year more often than not: times without offset that
 * do not fit the clock of `timeZone` are taken for UTC, with a note.
 */
export function parseWeatherFile(text: string, { timeZone }: { readonly timeZone: string }): WeatherFile {
  const named = withNames(text);
  const inZone = parse(named, timeZone);
  const file = inZone.ok ? inZone : parse(named, 'UTC');
  if (!file.ok) return inZone.ok ? file : inZone;
  const message = `the times without offset do not fit the clock of ${timeZone}: they are taken for UTC`;
  const notes = inZone.ok ? file.notes : [{ line: 2, message }, ...file.notes];
  const { fromMs, spacingMs, columns } = file.series;
  const temperatureC = columns.get('temperature') ?? new Float64Array();
  return { ok: true, weather: { fromMs, spacingMs, temperatureC }, notes };
}

function parse(text: string, timeZone: string) {
  return parseSeriesFile(text, { timeZone, columns: ['temperature'], required: [['temperature']] });
}

/** The same file, with the names of the header that are read. */
function withNames(text: string): string {
  const { lines, headerAt, names, separator } = csvTableOf(text);
  const timeAt = names.findIndex((name) => TIME.test(name));
  const temperatureAt = names.findIndex((name) => TEMPERATURE.test(name));
  const renamed = names.map((name, i) =>
    i === timeAt ? 'time' : i === temperatureAt ? 'temperature' : name.replaceAll(separator, ' '),
  );
  return lines.with(Math.max(headerAt, 0), renamed.join(separator)).join('\n');
}

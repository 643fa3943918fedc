import { KvarterError } from '../domain/errors.ts';
import { type Load, type LoadFileOptions, parseLoadFile } from '../energy/loads/load-file.ts';
import { parseSeriesFile, type Series } from '../energy/loads/series-file.ts';
import type { LineNote, SeriesOptions } from '../energy/loads/series-rows.ts';
import { parseWeatherFile, type Weather } from '../energy/loads/weather-file.ts';
import type { Visit } from '../energy/storage/cars.ts';
import { parseVisitsFile } from '../energy/storage/visits-file.ts';
import type { CommandContext } from './command.ts';
import { inputName, inputTextOf } from './text-file.ts';

type Tell = Pick<CommandContext, 'complain'>;
type Around = Tell & Pick<CommandContext, 'inputChunks'>;
type Read<Made> =
  | ({ readonly ok: true; readonly notes: readonly LineNote[] } & Made)
  | { readonly ok: false; readonly problems: readonly LineNote[] };

/** A file and what is in it. */
export type ReadText = { readonly file: string; readonly text: string };

const MOST_NOTES = 10;

/** The load of a CSV file; gaps are told on standard error. Throws `input-invalid` that names each wrong line. */
export async function readLoadFile(file: string, options: LoadFileOptions, around: Around): Promise<Load> {
  return loadOf(await readText(file, around), options, around);
}

export async function readText(file: string, around: Around): Promise<ReadText> {
  return { file: inputName(file), text: await inputTextOf(file, around) };
}

/** The load of a text that has been read: standard input can be read once. */
export function loadOf({ file, text }: ReadText, options: LoadFileOptions, tell: Tell): Load {
  return checked(file, parseLoadFile(text, options), tell).load;
}

/** Columns of a CSV of time series (`--price`); like `readLoadFile`. */
export async function readSeriesFile<Name extends string>(
  file: string,
  options: SeriesOptions<Name>,
  around: Around,
): Promise<Series<Name>> {
  return seriesOf(await readText(file, around), options, around);
}

/** The same, of a text that has been read. */
export function seriesOf<Name extends string>(
  { file, text }: ReadText,
  options: SeriesOptions<Name>,
  tell: Tell,
): Series<Name> {
  return checked(file, parseSeriesFile(text, options), tell).series;
}

/** Outdoor temperatures of a CSV file; like `readLoadFile`. */
export async function readWeatherFile(
  file: string,
  options: { readonly timeZone: string },
  around: Around,
): Promise<Weather> {
  const read = await readText(file, around);
  return checked(read.file, parseWeatherFile(read.text, options), around).weather;
}

/** Visits of cars at chargers; like `readLoadFile`. */
export async function readVisitsFile(
  file: string,
  options: { readonly timeZone: string },
  around: Around,
): Promise<readonly Visit[]> {
  const { file: name, text } = await readText(file, around);
  const read = parseVisitsFile(text, options);
  if (!read.ok) throw wrongLines(name, read.problems);
  return read.visits;
}

function checked<Made>(file: string, read: Read<Made>, { complain }: Tell): Made {
  if (!read.ok) throw wrongLines(file, read.problems);
  for (const note of read.notes.slice(0, MOST_NOTES)) complain(`note: ${lineOf(file, note)}\n`);
  const more = read.notes.length - MOST_NOTES;
  if (more > 0) complain(`note: ${file}: ${more} more like these\n`);
  return read;
}

function wrongLines(file: string, problems: readonly LineNote[]): KvarterError {
  const lines = problems.slice(0, 20).map((problem) => lineOf(file, problem));
  return new KvarterError('input-invalid', lines.join('\n'));
}

function lineOf(file: string, { line, message }: LineNote): string {
  return `${file}:${line}: ${message}`;
}

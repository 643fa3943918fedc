import { KvarterError } from '../domain/errors.ts';
import { type Load, type LoadFileOptions, parseLoadFile } from '../energy/loads/load-file.ts';
import {
  type LineNote,
  parseSeriesFile,
  type Series,
  type SeriesOptions,
} from '../energy/loads/series-file.ts';
import { parseWeatherFile, type Weather } from '../energy/loads/weather-file.ts';
import type { Visit } from '../energy/storage/stays.ts';
import { parseVisitsFile } from '../energy/storage/visits-file.ts';
import type { CommandContext } from './command.ts';
import { textOf } from './text-file.ts';

type Tell = Pick<CommandContext, 'complain'>;
type Read<Made> =
  | ({ readonly ok: true; readonly notes: readonly LineNote[] } & Made)
  | { readonly ok: false; readonly problems: readonly LineNote[] };

const MOST_NOTES = 10;

/** The load of a CSV file; gaps are told on standard error. Throws `input-invalid` that names each wrong line. */
export function readLoadFile(file: string, options: LoadFileOptions, tell: Tell): Load {
  return loadOf({ file, text: textOf(file) }, options, tell);
}

/** The same, of a text that has been read: standard input can be read once. */
export function loadOf(
  { file, text }: { readonly file: string; readonly text: string },
  options: LoadFileOptions,
  tell: Tell,
): Load {
  return checked(file, parseLoadFile(text, options), tell).load;
}

/** Columns of a CSV of time series (`--price`); like `readLoadFile`. */
export function readSeriesFile<Name extends string>(
  file: string,
  options: SeriesOptions<Name>,
  tell: Tell,
): Series<Name> {
  return checked(file, parseSeriesFile(textOf(file), options), tell).series;
}

/** Outdoor temperatures of a CSV file; like `readLoadFile`. */
export function readWeatherFile(file: string, options: { readonly timeZone: string }, tell: Tell): Weather {
  return checked(file, parseWeatherFile(textOf(file), options), tell).weather;
}

/** Visits of cars at a charger; like `readLoadFile`. */
export function readVisitsFile(file: string, options: { readonly timeZone: string }): readonly Visit[] {
  const read = parseVisitsFile(textOf(file), options);
  if (!read.ok) throw wrongLines(file, read.problems);
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

import { decimalOf } from '../domain/csv-form.ts';
import { KvarterError } from '../domain/errors.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { asMidnight, createTimeReader, momentOf } from '../energy/loads/wall-time.ts';
import { duration } from '../rules/parameters.ts';
import type { CommandArguments, CommandContext } from './command.ts';

/** The customer's subscribed power, kW; undefined when it was not given. */
export function subscribedKwOption(args: CommandArguments): number | undefined {
  return numberOption(args, 'subscribed-kw', { min: 0, max: 1e9 });
}

/** A number of the command line; undefined when it was not given. Throws `usage` outside [min, max]. */
export function numberOption(
  { values }: CommandArguments,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = decimalOf(String(text).trim());
  if (value !== undefined && value >= min && value <= max) return value;
  throw new KvarterError('usage', `--${name} ${String(text)}: must be a number from ${min} to ${max}`);
}

export function timeOption({ values }: CommandArguments, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const atMs = parseIsoTime(String(text));
  if (atMs !== undefined) return atMs;
  throw new KvarterError(
    'usage',
    `--${name} ${String(text)}: must be ISO 8601 with offset, such as 2026-01-15T07:15:00Z`,
  );
}

/** A time with offset, or a time or date (its midnight) on the clock of a zone. */
export function localTimeOption(
  { values }: CommandArguments,
  name: string,
  timeZone: string,
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const said = String(text).trim();
  const time = createTimeReader()(asMidnight(said));
  const moment = time
    ? momentOf(time, timeZone)
    : 'must be a date, or ISO 8601, such as 2026-01-15T07:15:00+01:00';
  if (typeof moment === 'number') return moment;
  throw new KvarterError('usage', `--${name} ${said}: ${moment}`);
}

/** Throws `usage` for an empty text: `--out "$FOLDER"` of a variable that is not set would be this folder. */
export function textOption(args: CommandArguments, name: string): string | undefined {
  const text = anyTextOption(args, name);
  if (text === undefined || text.trim() !== '') return text;
  throw new KvarterError('usage', `--${name} is empty: give it a value, or leave it out`);
}

/** The same, where an empty text takes something away. */
export function anyTextOption({ values }: CommandArguments, name: string): string | undefined {
  const text = values[name];
  return typeof text === 'string' ? text : undefined;
}

/** The text of an option that has no default. Throws `usage`. */
export function requiredOption(args: CommandArguments, name: string): string {
  const text = textOption(args, name);
  if (text !== undefined) return text;
  throw new KvarterError('usage', `--${name} is missing`);
}

/** Throws `usage` where nothing that is known lies between `--from` and `--to`. */
export function checkSpan(
  { fromMs, toMs }: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined },
  known: { readonly fromMs: number; readonly toMs: number },
): void {
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new KvarterError('usage', '--from: must be before --to');
  if ((fromMs ?? known.fromMs) < known.toMs && (toMs ?? known.toMs) > known.fromMs) return;
  const [from, to] = [known.fromMs, known.toMs].map(isoTime);
  throw new KvarterError(
    'usage',
    `--from, --to: no load is known between them; the load is of ${from} to ${to}`,
  );
}

/** `--zone`: the IANA zone of times without offset; Europe/Stockholm when it is not given. Throws `usage`. */
export function zoneOption(args: CommandArguments): string {
  const zone = textOption(args, 'zone') ?? 'Europe/Stockholm';
  try {
    zoneOf(zone);
    return zone;
  } catch {
    throw new KvarterError('usage', `--zone ${zone}: must be an IANA time zone such as Europe/Stockholm`);
  }
}

/** `--until TIME`, or `--for 8h` from a moment on; undefined when neither was given. Throws `usage`. */
export function endOption(args: CommandArguments, fromMs: number): number | undefined {
  const [until, lasts] = [timeOption(args, 'until'), textOption(args, 'for')];
  if (lasts === undefined) return until;
  if (until !== undefined) throw new KvarterError('usage', 'say --until or --for, not both');
  const parsed = duration().safeParse(lasts);
  if (parsed.success) return fromMs + parsed.data;
  throw new KvarterError('usage', `--for ${parsed.error.issues[0]?.message ?? lasts}`);
}

/** `--by NAME`, or the name of who runs the command. Throws `usage` where the system does not say it. */
export function whoOption({ places }: CommandContext, args: CommandArguments): string {
  const { USER, USERNAME } = places.environment;
  const name = textOption(args, 'by') ?? USER ?? USERNAME;
  if (name !== undefined && name.trim() !== '') return name;
  throw new KvarterError('usage', '--by is missing: say who');
}

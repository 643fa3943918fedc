import { KvarterError } from '../domain/errors.ts';
import { isoTime } from '../domain/time.ts';
import { createFillForecast, type FillEstimate } from '../waste/fill/fill-forecast.ts';
import type { Command, CommandContext } from './command.ts';
import { type LevelRow, parseLevels } from './levels-file.ts';
import { numberOption, textOption } from './options.ts';
import { createProgress } from './progress.ts';
import { createSkippedRows } from './skipped-rows.ts';
import { inputName, inputTextOf } from './text-file.ts';

type Span = { readonly name: string; readonly ms: number };
type Asked = {
  readonly thresholdPct: number;
  readonly spans: readonly Span[];
  readonly lineOf: (row: LevelRow, estimate: FillEstimate) => string;
};

const UNITS_MS: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_SPANS = 10;
const LONGEST_MS = 60 * 86_400_000;
/** Lines in one text. */
const AT_ONCE = 10_000;

export const fill: Command = {
  usage: 'kvarter fill FILE [--threshold 80] [--within 24h,48h] [--json]',
  help: `FILE is CSV time,container,level_pct with the rows of many containers, - is standard input. Each row is answered by
CSV time,container,level_pct,rate_pct_per_day,p_over_24h,p_over_48h,full_at_p50, from the rows up to its time only:

  rate_pct_per_day   what a day brings the container, % points
  p_over_24h …       the probability that a reading within that time (its end included) is at or above the threshold,
                     when the container is emptied as it usually is; 1 where it is there already
  full_at_p50        when it reaches the threshold if nobody empties it, as likely before as after; empty: not in 60 days

  --threshold PCT    default 80
  --within SPANS     so many h, d or min each; default 24h,48h
  --json             JSON lines, with full_at_p10 and full_at_p90 too

Times are ISO 8601; a date alone is its midnight. Rows that cannot be read, and rows of a container that are not later than
the one before, are named on standard error and skipped.

  kvarter fill levels.csv --threshold 80 --within 24h,48h > forecast.csv`,
  options: { threshold: { type: 'string' }, within: { type: 'string' }, json: { type: 'boolean' } },
  files: { min: 1, max: 1 },
  run: async (context, args) => {
    const [given = ''] = args.files;
    const file = inputName(given);
    const thresholdPct = numberOption(args, 'threshold', { min: 1, max: 100 }) ?? 80;
    const spans = spansOf(textOption(args, 'within') ?? '24h,48h');
    const text = await inputTextOf(given, context);
    const { rows, skipped } = parseLevels(file, text);
    const skips = createSkippedRows(context, file);
    for (const { row, line, message } of skipped) skips.tell(line, `row ${row} skipped: ${message}`);
    skips.end();
    const isJson = args.values.json === true;
    const lineOf = isJson
      ? (row: LevelRow, estimate: FillEstimate) => `${JSON.stringify(jsonOf(row, estimate, spans))}\n`
      : csvLine;
    if (!isJson) context.print(headerOf(spans));
    printAll(context, forecast(context, rows, { thresholdPct, spans, lineOf }));
    return 0;
  },
};

/** A line for each row, in the order of the file. */
function forecast(
  { clock, complain }: CommandContext,
  rows: readonly LevelRow[],
  { thresholdPct, spans, lineOf }: Asked,
): readonly string[] {
  const model = createFillForecast({ thresholdPct, withinMs: spans.map(({ ms }) => ms) });
  let done = 0;
  const step = createProgress({ clock, print: complain, terminal: undefined }, false, () => ({
    share: done / rows.length,
    says: `${done} of ${rows.length} rows`,
    json: {},
  }));
  const lines = rows.map(() => '');
  for (const at of inOrderOfTime(rows)) {
    const row = rows[at];
    if (row) lines[at] = lineOf(row, model.next(row.container, row.level));
    done += 1;
    if (done % 1000 === 0) step('more');
  }
  return lines;
}

/** Over all containers, whatever the order of the file: none learns from another's future. */
function inOrderOfTime(rows: readonly LevelRow[]): Iterable<number> {
  const atMs = Float64Array.from(rows, ({ level }) => level.atMs);
  const isSorted = atMs.every((time, at) => at === 0 || time >= (atMs[at - 1] ?? time));
  if (isSorted) return rows.keys();
  return Uint32Array.from(rows.keys()).sort((a, b) => (atMs[a] ?? 0) - (atMs[b] ?? 0) || a - b);
}

function headerOf(spans: readonly Span[]): string {
  const chances = spans.map(({ name }) => `p_over_${name}`);
  return `${['time', 'container', 'level_pct', 'rate_pct_per_day', ...chances, 'full_at_p50'].join(',')}\n`;
}

/** A text has a greatest length. */
function printAll({ print }: CommandContext, lines: readonly string[]): void {
  for (let at = 0; at < lines.length; at += AT_ONCE) print(lines.slice(at, at + AT_ONCE).join(''));
}

function csvLine(row: LevelRow, estimate: FillEstimate): string {
  const chances = estimate.overChances.map((chance) => chance.toFixed(4)).join(',');
  const rate = estimate.ratePctPerDay.toFixed(2);
  const full = timeOf(row, estimate.fullAtMs.p50) ?? '';
  return `${quoted(row.time)},${quoted(row.container)},${row.levelText},${rate},${chances},${full}\n`;
}

function jsonOf(
  row: LevelRow,
  { ratePctPerDay, overChances, fullAtMs }: FillEstimate,
  spans: readonly Span[],
) {
  const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
  return {
    time: row.time,
    container: row.container,
    level_pct: row.level.levelPct,
    rate_pct_per_day: rounded(ratePctPerDay, 2),
    ...Object.fromEntries(spans.map(({ name }, i) => [`p_over_${name}`, rounded(overChances[i] ?? 0, 4)])),
    full_at_p10: timeOf(row, fullAtMs.p10) ?? null,
    full_at_p50: timeOf(row, fullAtMs.p50) ?? null,
    full_at_p90: timeOf(row, fullAtMs.p90) ?? null,
  };
}

/** In UTC, or by the wall clock that the file is written by. */
function timeOf({ hasOffset }: LevelRow, atMs: number | undefined): string | undefined {
  if (atMs === undefined) return undefined;
  const time = isoTime(Math.round(atMs / 1000) * 1000).slice(0, 19);
  return hasOffset ? `${time}Z` : time;
}

function spansOf(text: string): readonly Span[] {
  const names = text.split(',').map((name) => name.trim());
  const spans = names.map((name) => {
    const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)(min|h|d)$/.exec(name) ?? [];
    const ms = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
    if (ms > 0 && ms <= LONGEST_MS) return { name, ms };
    throw new KvarterError(
      'usage',
      `--within ${text}: "${name}" must be such as 24h, 2d or 90min, up to 60d`,
    );
  });
  if (spans.length > MOST_SPANS)
    throw new KvarterError('usage', `--within ${text}: at most ${MOST_SPANS} spans`);
  if (new Set(names).size < names.length) throw new KvarterError('usage', `--within ${text}: name each once`);
  return spans;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

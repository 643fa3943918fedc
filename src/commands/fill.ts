import { KvarterError } from '../domain/errors.ts';
import { isoTime } from '../domain/time.ts';
import { createFillForecast, type FillEstimate } from '../waste/fill/fill-forecast.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { type LevelRow, parseLevels } from './levels-file.ts';
import { numberOption, textOption } from './options.ts';
import { createProgress } from './progress.ts';
import { inputTextOf } from './text-file.ts';

type Span = { readonly name: string; readonly ms: number };
type Answer = { readonly row: LevelRow; readonly estimate: FillEstimate };

const UNITS_MS: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_SPANS = 10;
const LONGEST_MS = 60 * 86_400_000;
const MOST_SAID = 1000;

export const fill: Command = {
  summary: 'container levels → how fast they fill, and the probability that they will be too full',
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
    const [file = ''] = args.files;
    const thresholdPct = numberOption(args, 'threshold', { min: 1, max: 100 }) ?? 80;
    const spans = spansOf(textOption(args, 'within') ?? '24h,48h');
    const text = await inputTextOf(file, context);
    const { rows, skipped } = parseLevels(file, text);
    for (const { row, line, message } of skipped.slice(0, MOST_SAID)) {
      context.complain(`${file}:${line}: row ${row} skipped: ${message}\n`);
    }
    if (skipped.length > MOST_SAID) {
      context.complain(`${file}: ${skipped.length - MOST_SAID} more rows skipped\n`);
    }
    const answers = forecast(context, rows, { thresholdPct, spans });
    print(context, args, { answers, spans });
    return 0;
  },
};

/** In order of time over all containers, whatever the order of the file: none learns from another's future. */
function forecast(
  { clock, complain }: CommandContext,
  rows: readonly LevelRow[],
  { thresholdPct, spans }: { readonly thresholdPct: number; readonly spans: readonly Span[] },
): readonly Answer[] {
  const model = createFillForecast({ thresholdPct, withinMs: spans.map(({ ms }) => ms) });
  let done = 0;
  const step = createProgress({ clock, print: complain, terminal: undefined }, false, () => ({
    share: done / rows.length,
    says: `${done} of ${rows.length} rows`,
    json: {},
  }));
  const estimates = new Map<LevelRow, FillEstimate>();
  for (const row of rows.toSorted((a, b) => a.level.atMs - b.level.atMs)) {
    estimates.set(row, model.next(row.container, row.level));
    done += 1;
    if (done % 1000 === 0) step('more');
  }
  return rows.flatMap((row) => {
    const estimate = estimates.get(row);
    return estimate ? [{ row, estimate }] : [];
  });
}

function print(
  context: CommandContext,
  args: CommandArguments,
  { answers, spans }: { readonly answers: readonly Answer[]; readonly spans: readonly Span[] },
): void {
  if (args.values.json) {
    for (const answer of answers) context.print(`${JSON.stringify(jsonOf(answer, spans))}\n`);
    return;
  }
  const chances = spans.map(({ name }) => `p_over_${name}`);
  const lines = [['time', 'container', 'level_pct', 'rate_pct_per_day', ...chances, 'full_at_p50'].join(',')];
  for (const { row, estimate } of answers) {
    const fields = [
      quoted(row.time),
      quoted(row.container),
      row.levelText,
      estimate.ratePctPerDay.toFixed(2),
      ...estimate.overChances.map((chance) => chance.toFixed(4)),
      timeOf(row, estimate.fullAtMs.p50) ?? '',
    ];
    lines.push(fields.join(','));
  }
  context.print(`${lines.join('\n')}\n`);
}

function jsonOf({ row, estimate }: Answer, spans: readonly Span[]) {
  const { overChances, fullAtMs } = estimate;
  const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
  return {
    time: row.time,
    container: row.container,
    level_pct: row.level.levelPct,
    rate_pct_per_day: rounded(estimate.ratePctPerDay, 2),
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

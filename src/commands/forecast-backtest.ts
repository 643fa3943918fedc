import { KvarterError } from '../domain/errors.ts';
import { HOUR_MS } from '../domain/interval.ts';
import { isoTime } from '../domain/time.ts';
import { zoneOf } from '../domain/zone.ts';
import { backtest, createScores, type Scores } from '../energy/forecast/backtest.ts';
import type { FeedOptions } from '../energy/forecast/feed.ts';
import type { CommandContext } from './command.ts';
import { csvOf, forecastRow, roundedKw } from './forecast-rows.ts';
import { createProgress } from './progress.ts';

export type BacktestArguments = {
  readonly file: string;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly everyHours: number;
  readonly hours: number;
  readonly steps: number;
  readonly isJson: boolean;
};

/** `kvarter forecast --backtest`: forecasts to standard output, scores and progress to standard error. */
export function runBacktest(
  { clock, complain, print }: CommandContext,
  feed: FeedOptions,
  given: BacktestArguments,
): number {
  const { fromMs, toMs, everyMs } = spanOf(feed, given);
  const { everyHours, hours, steps, isJson } = given;
  const scores = createScores(feed);
  const rows: object[] = [];
  let atMs = fromMs;
  const look = () => ({
    share: (atMs - fromMs) / (toMs - fromMs),
    says: `forecasts until ${isoTime(atMs)}`,
    json: {},
  });
  const progress = createProgress({ clock, print: complain, terminal: undefined }, false, look);
  for (const origin of backtest({ ...feed, fromMs, toMs, everyMs, steps })) {
    scores.add(origin);
    atMs = origin.originMs;
    for (const step of origin.steps) {
      const kw = Number.isNaN(step.kw) ? null : roundedKw(step.kw);
      rows.push({ origin: isoTime(atMs), ...forecastRow(step), kw });
    }
    progress('more');
  }
  const result = scores.result();
  if (isJson) {
    const span = { from: isoTime(fromMs), to: isoTime(toMs), hours, everyHours };
    print(`${JSON.stringify({ ...span, ...result, forecasts: rows })}\n`);
    return 0;
  }
  print(csvOf(['origin', 'from', 'to', 'p10', 'p50', 'p90', 'kw'], rows));
  complain(scoresText(result));
  return 0;
}

function spanOf({ load, zone }: FeedOptions, { file, everyHours, ...given }: BacktestArguments) {
  const { fromMs: firstMs, spacingMs, kw } = load;
  const endMs = firstMs + kw.length * spacingMs;
  const onGrid = (atMs: number) => firstMs + Math.ceil((atMs - firstMs) / spacingMs) * spacingMs;
  const fromMs = onGrid(given.fromMs ?? zoneOf(zone).dayAt(firstMs + (kw.length * spacingMs) / 2).toMs);
  const toMs = Math.min(given.toMs ?? endMs, endMs);
  const everyMs = everyHours * HOUR_MS;
  if (everyMs % spacingMs !== 0) {
    const minutes = spacingMs / 60_000;
    throw new KvarterError('usage', `--every ${everyHours}: must be whole intervals of ${minutes} minutes`);
  }
  if (fromMs <= firstMs || fromMs >= toMs) {
    throw new KvarterError(
      'usage',
      `--from ${isoTime(fromMs)}${given.fromMs === undefined ? ' (the default)' : ''}: must be after the first time of ${file} (${isoTime(firstMs)}) and before --to and its end (${isoTime(toMs)})`,
    );
  }
  return { fromMs, toMs, everyMs };
}

function scoresText({ origins, points, mae, mase, pinballLoss, coverage }: Scores): string {
  const shown = (value: number | null, digits: number) => value?.toFixed(digits) ?? 'unknown';
  return [
    `${origins} forecasts, ${points} steps with a known load`,
    `MAE ${shown(mae, 3)} kW, MASE ${shown(mase, 3)} (against the same hour last week)`,
    `pinball loss ${shown(pinballLoss, 3)} kW, coverage of p10 to p90 ${shown(coverage, 3)}`,
    '',
  ].join('\n');
}

import { KvarterError } from '../domain/errors.ts';
import { DAY_MS, HOUR_MS } from '../domain/interval.ts';
import { isoTime } from '../domain/time.ts';
import { createFeed, type FeedOptions } from '../energy/forecast/feed.ts';
import type { ForecastStep } from '../energy/forecast/forecast.ts';
import type { Load } from '../energy/loads/load-file.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { runBacktest } from './forecast-backtest.ts';
import { csvOf, forecastRow } from './forecast-rows.ts';
import { localTimeOption, numberOption, textOption, zoneOption } from './options.ts';
import { readLoadFile, readWeatherFile } from './series-files.ts';

/** A year ahead says no more than the calendar. */
const MOST_HOURS = 8784;

export const forecast: Command = {
  usage:
    'kvarter forecast --load FILE [--weather FILE] (--at TIME | --backtest [--from TIME] [--to TIME] [--every H]) --hours N [--zone ZONE] [--json]',
  help: `Learns from the steps that have ended at a moment, nothing later, and prints kW of the steps from then on, as CSV:
from,to,p10,p50,p90. The load came below p10, and above p90, once in ten times each; p50 is the middle.

  --load FILE     CSV, header time,kw or time,kwh: starts of intervals of 15, 30 or 60 minutes; less own generation
                  it may be negative
  --weather FILE  CSV, header time,temperature: outdoor temperature, °C (air_temperature [degC] and other usual names and
                  other columns are fine). Only what was measured until then is read: it is no weather forecast
  --at TIME       the moment; the first step printed is the one that holds it
  --hours N       how far ahead, hours in whole intervals of the load, at most ${MOST_HOURS}
  --backtest      forecast again and again, and compare with the load that came: CSV origin,from,to,p10,p50,p90,kw
                  (kw is empty where the load is missing, or not before --to), and the scores on standard error
  --from TIME     the first origin (default: the first midnight of the load's second half), then one every
  --every H       hours (default 24), before
  --to TIME       the end of what is scored (default: the end of the load)
  --zone ZONE     zone of times without offset and of the calendar, default Europe/Stockholm
  --json          one JSON object: {"at","forecast":[{"from","to","p10","p50","p90"}]}, of a backtest
                  {"from","to","hours","everyHours","origins","points","mae","mase","pinballLoss","coverage",
                  "forecasts":[{"origin","from","to","p10","p50","p90","kw"}]}

Scores: mae is the mean of |load - p50|, kW; mase is mae over the mean of |load - load 168 hours earlier|, over the steps of
which both loads are known; pinballLoss is the mean over p10, p50 and p90, kW; coverage is the share of loads from p10 to p90,
0.8 at best. What cannot be told is null.

  kvarter forecast --load house.csv --at 2026-01-15T00:00+01:00 --hours 48
  kvarter forecast --load house.csv --weather outdoor.csv --backtest --from 2025-07-01 --hours 48 --every 24 --json`,
  options: {
    load: { type: 'string' },
    weather: { type: 'string' },
    at: { type: 'string' },
    hours: { type: 'string' },
    backtest: { type: 'boolean' },
    from: { type: 'string' },
    to: { type: 'string' },
    every: { type: 'string' },
    zone: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const zone = zoneOption(args);
    const given = {
      ...timesOf(args, zone),
      hours: required(args, 'hours', numberOption(args, 'hours', HOURS)),
    };
    const file = required(args, 'load', textOption(args, 'load'));
    const load = await readLoadFile(file, { timeZone: zone, isNet: true }, context);
    const weatherFile = textOption(args, 'weather');
    const weather =
      weatherFile === undefined ? undefined : await readWeatherFile(weatherFile, { timeZone: zone }, context);
    const steps = (given.hours * HOUR_MS) / load.spacingMs;
    if (!Number.isInteger(steps)) {
      const minutes = load.spacingMs / 60_000;
      throw new KvarterError(
        'usage',
        `--hours ${given.hours}: must be whole intervals of ${minutes} minutes`,
      );
    }
    const feed = { load, weather, zone };
    const isJson = args.values.json === true;
    if (args.values.backtest === true) return runBacktest(context, feed, { ...given, file, steps, isJson });
    const atMs = required(args, 'at', given.atMs);
    const ahead = forecastAt(feed, { atMs, steps, file }).map(forecastRow);
    noteSilence(load, { atMs, file }, context);
    context.print(
      isJson
        ? `${JSON.stringify({ at: isoTime(atMs), forecast: ahead })}\n`
        : csvOf(['from', 'to', 'p10', 'p50', 'p90'], ahead),
    );
    return 0;
  },
};

/** Bands are for loads that are known to the hour, or nearly. */
const WORTH_NOTING_MS = 2 * DAY_MS;
const HOURS = { min: 0.25, max: MOST_HOURS };

function timesOf(args: CommandArguments, zone: string) {
  const isBacktest = args.values.backtest === true;
  for (const name of isBacktest ? ['at'] : ['from', 'to', 'every']) {
    if (args.values[name] === undefined) continue;
    throw new KvarterError(
      'usage',
      `--${name}: ${isBacktest ? 'not with --backtest' : 'only with --backtest'}`,
    );
  }
  return {
    atMs: localTimeOption(args, 'at', zone),
    fromMs: localTimeOption(args, 'from', zone),
    toMs: localTimeOption(args, 'to', zone),
    everyHours: numberOption(args, 'every', HOURS) ?? 24,
  };
}

function required<Value>(args: CommandArguments, name: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  const instead = name === 'at' && args.values.backtest === undefined ? ' (or --backtest)' : '';
  throw new KvarterError('usage', `--${name} is missing${instead}`);
}

function forecastAt(
  options: FeedOptions,
  { atMs, steps, file }: { readonly atMs: number; readonly steps: number; readonly file: string },
): readonly ForecastStep[] {
  const feed = createFeed(options);
  feed.until(atMs);
  const ahead = feed.forecaster.forecast(steps);
  if (ahead.length > 0) return ahead;
  const firstMs = options.load.fromMs;
  throw new KvarterError(
    'input-invalid',
    `${file}: no load is known before --at ${isoTime(atMs)} (the file begins at ${isoTime(firstMs)}): there is nothing to learn from`,
  );
}

/** A forecast goes on from what was known last, however long ago that was. */
function noteSilence(
  { fromMs, spacingMs, kw }: Load,
  { atMs, file }: { readonly atMs: number; readonly file: string },
  { complain }: CommandContext,
): void {
  const ended = Math.floor((atMs - fromMs) / spacingMs);
  const newestToMs =
    fromMs + (kw.subarray(0, ended).findLastIndex((value) => !Number.isNaN(value)) + 1) * spacingMs;
  if (atMs - newestToMs < WORTH_NOTING_MS) return;
  const days = Math.floor((atMs - newestToMs) / DAY_MS);
  complain(
    `note: ${file}: nothing of the ${days} days before --at is known, the newest is of ${isoTime(newestToMs)}\n`,
  );
}

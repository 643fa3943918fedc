import { type ComfortAnswer, comfortAnswer, comfortSchema } from '../api/comfort-answer.ts';
import { RequestProblem } from '../api/problem.ts';
import { buildingsOf } from '../api/scope.ts';
import { loadConfig } from '../config/config.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Quantity } from '../domain/quantity.ts';
import { isoTime } from '../domain/time.ts';
import { ask, openClient } from './asking.ts';
import { comfortText } from './comfort-text.ts';
import { type Command, placesOf } from './command.ts';
import { createHourlyMeans } from './hourly-means.ts';
import { localTimeOption, numberOption, textOption, timeOption } from './options.ts';
import { createProgress } from './progress.ts';
import { replayFiles } from './replaying.ts';
import { loadSurroundings } from './surroundings.ts';

export const comfort: Command = {
  usage:
    'kvarter comfort [FILE…] [--building ID | --area ID] [--from TIME] [--to TIME] [--coldest N] [--url URL] [--config FILE] [--json]',
  help: `Asks the running service, or reads files. What is comfortable is set in comfort: of the configuration (HSLF-FS 2024:10).

  FILE…             readings, CSV with the header time,device,quantity,value[,channel], as kvarter replay takes them; flats and
                    sensors are those of the register. Without any, the running service is asked
  --building ID     one building; --area ID one area; default: all
  --from, --to TIME ISO 8601 with offset, with FILE… also a date; default: the last 7 days, of files all that they hold
  --coldest N       so many flats of each building are shown, coldest first; default 5
  --url URL         the service; default: http.port of the configuration on this machine
  --json            one JSON object, with all flats: {"from","to","buildings":[{"building","flats","inBand","medianC",
                    "spreadC","verdict","overheatedC","coldest":[{"space","hours","inBand","tooCold",…}]}]}

Flats are compared by their means at one outdoor temperature. inBand is a share of the hours with a temperature; a fall is one
that no closed and heated room has: a window within an hour, lost heating over six.

  kvarter comfort --area norrliden --from 2026-01-01T00:00:00+01:00
  kvarter comfort january.csv --config kvarter.yaml --json`,
  options: {
    building: { type: 'string' },
    area: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    coldest: { type: 'string' },
    url: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: Number.POSITIVE_INFINITY },
  run: async (context, args) => {
    const most = numberOption(args, 'coldest', { min: 0, max: 100_000 }) ?? 5;
    const answer = args.files.length > 0 ? await ofFiles(context, args) : await ofService(context, args);
    context.print(args.values.json ? `${JSON.stringify(answer)}\n` : comfortText(answer, most));
    return 0;
  },
};

type Run = Parameters<Command['run']>;
const air: ReadonlySet<Quantity> = new Set([
  'airTemperatureC',
  'outdoorTemperatureC',
  'relativeHumidityPct',
  'co2Ppm',
]);

async function ofFiles(...[context, args]: Run): Promise<ComfortAnswer> {
  if (args.values.url !== undefined) throw new KvarterError('usage', '--url: only without FILE…');
  const { config } = loadConfig(placesOf(context, args));
  const { register } = loadSurroundings(config);
  const scope = scopeOf(args);
  const { timeZone } = register.organisation;
  const [fromMs, toMs] = [localTimeOption(args, 'from', timeZone), localTimeOption(args, 'to', timeZone)];
  const store = createHourlyMeans();
  let reachedMs: number | undefined;
  const progress = createProgress({ ...context, print: context.complain }, args.values.json === true, () => {
    const until = reachedMs === undefined ? null : isoTime(reachedMs);
    return { says: `read until ${until ?? 'now: nothing'}`, json: { until } };
  });
  const { refused } = await replayFiles(args.files, {
    config,
    register,
    onReading: (reading) => {
      if (air.has(reading.point.quantity)) store.add(reading);
    },
    onBatch: (lastMs) => {
      reachedMs = lastMs;
      progress('more');
    },
  });
  for (const [says, times] of refused) context.complain(`refused ${times}×: ${says}\n`);
  const known = store.span();
  const span = { fromMs: fromMs ?? known?.fromMs ?? 0, toMs: toMs ?? known?.toMs ?? 0 };
  if (span.fromMs >= span.toMs) {
    throw new KvarterError('input-invalid', `${args.files.join(', ')}: no readings of rooms in the span`);
  }
  try {
    const buildings = buildingsOf(register, scope);
    const settings = { ...config.comfort, maxFlats: Number.POSITIVE_INFINITY };
    return await comfortAnswer({ store, register }, { buildings, span }, settings);
  } catch (error) {
    if (error instanceof RequestProblem) throw new KvarterError('usage', error.message, { cause: error });
    throw error;
  }
}

async function ofService(...[context, args]: Run): Promise<ComfortAnswer> {
  const query = new URLSearchParams();
  const scope = scopeOf(args);
  if (scope !== undefined) query.set('scope', scope);
  for (const name of ['from', 'to']) {
    const atMs = timeOption(args, name);
    if (atMs !== undefined) query.set(name, isoTime(atMs));
  }
  return ask(openClient(context, args), { path: `/api/v1/comfort?${query}` }, comfortSchema);
}

function scopeOf(args: Run[1]): string | undefined {
  const [building, area] = [textOption(args, 'building'), textOption(args, 'area')];
  if (building !== undefined && area !== undefined) {
    throw new KvarterError('usage', 'say --building or --area, not both');
  }
  if (building !== undefined) return `building:${building}`;
  return area === undefined ? undefined : `area:${area}`;
}

import { KvarterError } from '../domain/errors.ts';
import { type Carrier, carriers } from '../domain/interval.ts';
import { isoTime } from '../domain/time.ts';
import { type GuardReport, type GuardScore, guardReport } from '../energy/guard/guard-report.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import { withSubscription } from '../energy/tariffs/subscription.ts';
import { type Command, type CommandArguments, placesOf } from './command.ts';
import { historyOfFiles, historyOfLoad, type Watched } from './guard-history.ts';
import { guardReportText } from './guard-report-text.ts';
import { historyOfService } from './guard-service.ts';
import { readCommands } from './held-back.ts';
import { localTimeOption, numberOption, subscribedKwOption, textOption } from './options.ts';
import { readTariff } from './tariff-files.ts';

export const guardReportCommand: Command = {
  usage: `kvarter guard-report FILE… [--config FILE] [--carrier heat] [--from TIME] [--to TIME] [--commands FILE] [--lead-minutes N] [--json]
       kvarter guard-report --load FILE --tariff FILE [--subscribed-kw N] …
       kvarter guard-report [--url URL] …`,
  help: `Runs the guard over a history, reading by reading, and holds what it told against the peaks that the tariffs billed.

  FILE…             readings, CSV with the header time,device,quantity,value[,channel], as kvarter replay takes them;
                    buildings, meters and tariffs are those of the register; areas with a tariff are area:ID
  --load FILE       the load of one building instead: CSV, time,kw or time,kwh, as kvarter bill takes it. Its intervals are
                    read as a meter would tell them, every five minutes; within an interval the load goes smoothly
  --tariff FILE     its tariff, as kvarter bill takes it
  --subscribed-kw N its subscribed power: what exceeds it is guarded
  (neither)         what the running service has told, and its stored loads
  --url URL         the service; default: http.port of the configuration on this machine
  --carrier heat    of district heating instead: the meters and heatTariff of the register, and the guard with carrier: heat
  --from, --to TIME peaks and alerts of this span; what was before is learned from (of the service: the last 35 days)
  --commands FILE   commands.ndjson of kvarter simulate --guard: what the loads were told meanwhile, and so saved
                    (of the service: what it told them itself)
  --lead-minutes N  an hour is told in time when so much of it is left, a longer window when as much more is, and any when a
                    sixth of it is; default 10
  --json            one JSON object

recall: billed windows that were told in time; precision: alerts (one a building and day) with a window that was billed, all
others are false alerts, and urgent: those that were more than information; atStake: what keeping the billed windows to the next candidate (the next window, where a month has one
candidate) would have saved, without VAT;
saved: at most, the bill as if the
loads that obeyed commands had drawn their full power meanwhile, less the bill;
reliability: of the windows told with a chance, the share that was billed. Billing periods that run count as they stand.

  kvarter guard-report january.csv february.csv
  kvarter guard-report --load house.csv --tariff config/tariffs/ellevio-2025.json --json`,
  options: {
    config: { type: 'string' },
    load: { type: 'string' },
    tariff: { type: 'string' },
    'subscribed-kw': { type: 'string' },
    url: { type: 'string' },
    carrier: { type: 'string' },
    commands: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    'lead-minutes': { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: Number.POSITIVE_INFINITY },
  run: async (context, args) => {
    const leadMinutes = numberOption(args, 'lead-minutes', { min: 0, max: 1440 }) ?? 10;
    const watched = await watchedBy(context, args);
    const report = guardReport(watched.histories, { leadMs: leadMinutes * 60_000 });
    context.print(
      args.values.json
        ? `${JSON.stringify(reportJson(report, watched, leadMinutes))}\n`
        : guardReportText(report, watched),
    );
    return 0;
  },
};

async function watchedBy(...[context, args]: Parameters<Command['run']>): Promise<Watched> {
  const [load, tariff] = ['load', 'tariff'].map((name) => textOption(args, name));
  if ((load === undefined) !== (tariff === undefined)) {
    throw new KvarterError('usage', 'give --load FILE and --tariff FILE together');
  }
  const isOfFiles = args.files.length > 0;
  if (isOfFiles && load !== undefined) {
    throw new KvarterError('usage', 'give either FILE… or --load FILE');
  }
  if (args.values.url !== undefined && (isOfFiles || load !== undefined)) {
    throw new KvarterError('usage', '--url: only without FILE… and --load');
  }
  const subscribedKw = subscribedKwOption(args);
  if (subscribedKw !== undefined && load === undefined) {
    throw new KvarterError(
      'usage',
      '--subscribed-kw: only with --load, the register has that of its buildings',
    );
  }
  const carrier = carrierOption(args);
  const places = placesOf(context, args);
  const commands = textOption(args, 'commands');
  if (commands !== undefined && !isOfFiles && load === undefined) {
    throw new KvarterError('usage', '--commands: only with FILE… or --load, the service knows its own');
  }
  const held = commands === undefined ? new Map() : readCommands(commands);
  const spanIn = (zone: string) => spanOption(args, zone);
  if (load !== undefined && tariff !== undefined) {
    const own = withSubscription(readTariff(tariff), subscribedKw);
    return historyOfLoad(context, { places, carrier, loadFile: load, tariff: own, spanIn, held });
  }
  if (isOfFiles) {
    const isJson = args.values.json === true;
    return historyOfFiles(context, { places, carrier, files: args.files, spanIn, held, isJson });
  }
  return historyOfService(context, args, { spanIn, carrier });
}

function carrierOption(args: CommandArguments): Carrier {
  const given = textOption(args, 'carrier') ?? 'electricity';
  const carrier = carriers.find((one) => one === given);
  if (carrier === undefined) throw new KvarterError('usage', `--carrier: must be ${carriers.join(' or ')}`);
  if (carrier === 'heat' && args.values.commands !== undefined) {
    throw new KvarterError('usage', '--commands: only of electricity, no load of heat is told anything');
  }
  return carrier;
}

function spanOption(args: CommandArguments, zone: string): Partial<Span> {
  const [fromMs, toMs] = [localTimeOption(args, 'from', zone), localTimeOption(args, 'to', zone)];
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw new KvarterError('usage', '--from: must be before --to');
  }
  return { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
}

function reportJson({ buildings, total }: GuardReport, { carrier, span }: Watched, leadMinutes: number) {
  return {
    carrier,
    from: isoTime(span.fromMs),
    to: isoTime(span.toMs),
    leadMinutesNeeded: leadMinutes,
    buildings: buildings.map(({ building, list, ...score }) => ({
      building,
      ...scoreJson(score),
      billed: list.map((peak) => ({
        component: peak.component,
        from: isoTime(peak.fromMs),
        to: isoTime(peak.toMs),
        kw: rounded(peak.kw),
        weightedKw: rounded(peak.weightedKw),
        atStake: rounded(peak.atStake),
        toldAt: peak.toldAtMs === undefined ? null : isoTime(peak.toldAtMs),
        inTime: peak.isInTime,
      })),
    })),
    total: scoreJson(total),
  };
}

function scoreJson({ money, months, ...score }: GuardScore) {
  const rows = Object.entries(money).map(([currency, { atStake, toldInTime, saved }]) => ({
    currency,
    atStake: rounded(atStake),
    toldInTime: rounded(toldInTime),
    saved: rounded(saved),
  }));
  return { months: rounded(months), ...score, money: rows };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

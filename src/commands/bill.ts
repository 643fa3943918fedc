import { KvarterError } from '../domain/errors.ts';
import { type Bill, type BillOptions, bill, type PriceList } from '../energy/bills/bill.ts';
import { billJson } from '../energy/bills/bill-json.ts';
import type { Load } from '../energy/loads/load-file.ts';
import { billsSpot } from '../energy/tariffs/compile-prices.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import { withSubscription } from '../energy/tariffs/subscription.ts';
import { billText, comparedText } from './bill-text.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { checkSpan, localTimeOption, requiredOption, subscribedKwOption, textOption } from './options.ts';
import { loadOf, type ReadText, readLoadFile, readText, seriesOf } from './series-files.ts';
import { readTariff, readTariffFolder } from './tariff-files.ts';

export const billCommand: Command = {
  usage:
    'kvarter bill --tariff FILE --load FILE [--from TIME] [--to TIME] [--price FILE] [--subscribed-kw N] [--nearest-year] [--json]\n       kvarter bill --compare DIR --load FILE …',
  help: `--tariff FILE        an Eltariff-API file; of one with several tariffs 'FILE#PRODUCT'
--compare DIR        ranks all tariffs of a folder for the load instead, the cheapest first
--load FILE          CSV, time,kw or time,kwh: the starts of intervals of 15, 30 or 60 minutes, oldest first, as ISO 8601
                     with offset, or without in the tariff's zone; also kvar, m3, return_c and supply_c for tariffs that bill
                     them; - is standard input
--from, --to TIME    bills the billing periods that this span touches by the load within it, best whole ones: a part makes
                     the bill incomplete; load before it is history for look-backs
--price FILE         CSV, time,price: spot prices per kWh without VAT
--subscribed-kw N    the customer's subscribed power
--nearest-year       prices days for which the tariff has no price as in its nearest year, to try it out

Exit code 0 also for a bill that is marked incomplete, because hours are missing in the load.

  kvarter bill --tariff config/tariffs/ellevio-2025.json --load load.csv --from 2025-01-01 --to 2026-01-01`,
  options: {
    tariff: { type: 'string' },
    compare: { type: 'string' },
    load: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    price: { type: 'string' },
    'subscribed-kw': { type: 'string' },
    'nearest-year': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const [tariffFile, folder] = ['tariff', 'compare'].map((name) => textOption(args, name));
    const loadFile = requiredOption(args, 'load');
    if ((tariffFile === undefined) === (folder === undefined)) {
      throw new KvarterError('usage', 'give either --tariff FILE or --compare DIR');
    }
    if (folder !== undefined) return compare(folder, loadFile, context, args);
    const file = tariffFile ?? '';
    const tariff = withSubscription(readTariff(file), subscribedKwOption(args));
    const load = await readLoadFile(loadFile, tariff, context);
    const price = await priceOption(args, context);
    if (price !== undefined && !billsSpot(tariff))
      context.complain(`note: ${file} bills no spot price: --price changes nothing\n`);
    const made = billOf(tariff, load, optionsOf({ tariff, load, price }, context, args));
    if (typeof made === 'string') throw new KvarterError('config-invalid', `${file}: ${made}`);
    context.print(args.values.json ? `${JSON.stringify(billJson(made))}\n` : billText(tariff, made));
    return 0;
  },
};

/** Ranks what can be billed; what cannot comes last, with why. */
async function compare(
  folder: string,
  loadFile: string,
  context: CommandContext,
  args: CommandArguments,
): Promise<number> {
  const { tariffs, unread } = readTariffFolder(folder);
  if (tariffs.length + unread.length === 0) {
    throw new KvarterError('input-invalid', `${folder}: has no tariff files (*.json)`);
  }
  // Times without offset are of the tariff's zone, and a folder may have several.
  const zones = new Map<string, { load: Load; options: BillOptions }>();
  const [read, price] = [await readText(loadFile, context), await priceOption(args, context)];
  const subscribedKw = subscribedKwOption(args);
  const around = tellingOnce(context);
  const billed = tariffs.map(({ name, tariff: plain }) => {
    const tariff = withSubscription(plain, subscribedKw);
    const { timeZone } = tariff;
    let known = zones.get(timeZone);
    if (!known) {
      const load = loadOf(read, { timeZone }, around);
      known = { load, options: optionsOf({ tariff, load, price }, around, args) };
      zones.set(timeZone, known);
    }
    return { name, tariff, made: billOf(tariff, known.load, known.options) };
  });
  const ranked = billed
    .flatMap(({ name, tariff, made }) => (typeof made === 'string' ? [] : [{ name, tariff, bill: made }]))
    // Costs of different currencies cannot be compared: each has a ranking of its own.
    .toSorted(
      (a, b) => a.bill.currency.localeCompare(b.bill.currency) || a.bill.cost.exVat - b.bill.cost.exVat,
    );
  const failed = [
    ...billed.flatMap(({ name, made }) => (typeof made === 'string' ? [{ name, why: made }] : [])),
    ...unread,
  ];
  if (args.values.json) {
    const lines = ranked.map(({ name, bill: { currency, cost, incomplete } }, i) => ({
      rank: 1 + i - ranked.findIndex((first) => first.bill.currency === currency),
      tariff: name,
      currency,
      cost: { exVat: cost.exVat, incVat: cost.incVat ?? null },
      incomplete,
    }));
    context.print(`${JSON.stringify({ tariffs: lines, notBilled: failed })}\n`);
  } else {
    context.print(comparedText(ranked, failed));
  }
  return ranked.length > 0 ? 0 : 1;
}

/** What is wrong with a load is so in each zone. */
function tellingOnce(context: CommandContext): CommandContext {
  const said = new Set<string>();
  const complain = (text: string) => {
    if (!said.has(text)) context.complain(text);
    said.add(text);
  };
  return { ...context, complain };
}

type Priced = { readonly tariff: Tariff; readonly load: Load; readonly price: ReadText | undefined };

/** A bill, or why there is none. */
function billOf(tariff: Tariff, load: Load, options: BillOptions): Bill | string {
  const made = bill(tariff, load, options);
  if (made.ok) return made.bill;
  const { path, message } = made.problem;
  return path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message;
}

async function priceOption(args: CommandArguments, context: CommandContext): Promise<ReadText | undefined> {
  const file = textOption(args, 'price');
  return file === undefined ? undefined : readText(file, context);
}

function optionsOf(
  { tariff: { timeZone }, load, price }: Priced,
  context: CommandContext,
  args: CommandArguments,
): BillOptions {
  const [fromMs, toMs] = [localTimeOption(args, 'from', timeZone), localTimeOption(args, 'to', timeZone)];
  const loadToMs = load.fromMs + load.kw.length * load.spacingMs;
  checkSpan({ fromMs, toMs }, { fromMs: load.fromMs, toMs: loadToMs });
  return {
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(price === undefined ? {} : { spot: priceList(price, timeZone, context) }),
    outside: args.values['nearest-year'] ? 'nearestYear' : 'refuse',
  };
}

function priceList(read: ReadText, timeZone: string, context: CommandContext): PriceList {
  const { fromMs, spacingMs, columns } = seriesOf(
    read,
    { timeZone, columns: ['price'], required: [['price']] },
    context,
  );
  return { fromMs, spacingMs, price: columns.get('price') ?? new Float64Array() };
}

import { closeSync, openSync, writeFileSync } from 'node:fs';
import { decimalOf } from '../domain/csv-form.ts';
import { KvarterError } from '../domain/errors.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { PriceList } from '../energy/bills/bill.ts';
import type { Battery } from '../energy/storage/battery.ts';
import type { MarketPrices } from '../energy/storage/prices.ts';
import { type Shaved, type ShaveInput, shave as shaveCourse } from '../energy/storage/shave.ts';
import { billsSpot } from '../energy/tariffs/compile-prices.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import { withSubscription } from '../energy/tariffs/subscription.ts';
import type { Command, CommandArguments, CommandContext } from './command.ts';
import { openHighs } from './highs-solver.ts';
import {
  checkSpan,
  localTimeOption,
  numberOption,
  requiredOption,
  subscribedKwOption,
  textOption,
} from './options.ts';
import { loadOf, readSeriesFile, readText } from './series-files.ts';
import { createShaveProgress } from './shave-progress.ts';
import { checkFinalContent, siteOption } from './shave-site.ts';
import { partsOf, shaveCsv, shaveJson, shaveText } from './shave-text.ts';
import { readTariff } from './tariff-files.ts';

const LONGEST_HOURS = 8784;
const YEAR_MS = 365.25 * 24 * HOUR_MS;

export const shaveCommand: Command = {
  usage: `kvarter shave --tariff FILE --load FILE (--battery KEYS | --cars FILE [--charge-kw 11] | --heat-pump KEYS)
              [--price FILE] [--import-limit-kw N] [--export-limit-kw N]
              [--from TIME] [--to TIME] [--horizon 720h] [--policy mpc|guard] [--sizes KWH,… [--price-per-kwh N]]
              [--subscribed-kw N] [--out FILE] [--json]`,
  help: `--tariff FILE         an Eltariff-API file; of one with several tariffs 'FILE#PRODUCT'
--load FILE           CSV, time,kw or time,kwh: load less own generation, which may be negative
--battery KEYS        capacityKwh, chargeKw, dischargeKw; chargeEfficiency and dischargeEfficiency (0.95), lossPerHour (0),
                      initialKwh (0), finalKwh (as initialKwh), which is reached at the end at least
--cars FILE           in place of a battery: CSV, arrives,departs,kwh[,kw], a row for each time that a car was at a charger, what it
                      took, and at most if that is less than the charger gives; cars that are there at once have a charger each.
                      Rows before --from are learnt from. The load is that without cars. A car is charged in whole steps of the load
                      between the two times, and full when it leaves; what it takes and when it leaves is known from its arrival on.
                      It is compared with charging at once
--charge-kw N         what each charger gives at most (11)
--heat-pump KEYS      in place of a battery: mostKw (what it can draw), storeKwh (what it may draw ahead of its need: the house gets
                      warmer by so much, and never colder than it was), keptHours (the house's time constant, 48). What it drew is
                      the column heat_pump_kw of --load, a part of its kw. stored_kwh is what was drawn ahead
--price FILE          CSV, time,price[,sell] per kWh without VAT; price is added to the tariff's energy prices (it is the spot
                      price of a tariff that bills one). Without it energy costs what the tariff says; selling is worth sell,
                      or nothing. Known to the plan at the time: this day's, and from 13:00 the next day's
--import-limit-kw, --export-limit-kw N
                      held wherever the battery can; what is above is reported
--from, --to TIME     what is simulated; rows before it are history to learn from. Whole months are best: one of which a part is
                      simulated is billed whole, as kvarter bill does, and named below the table
--horizon 720h        how far the plan looks ahead
--policy mpc|guard    mpc plans over forecasts; guard holds the import below the peak that is paid already
--sizes 10,20,40      repeats it for these capacities, with powers, initialKwh and finalKwh in proportion; a year is so many such
                      spans of energy, and twelve such months of peaks and fixed charges
--price-per-kwh N     what a kWh of capacity costs, for the payback of --sizes
--subscribed-kw N     the customer's subscribed power
--out FILE            CSV: time,load_kw,charge_kw,discharge_kw,grid_kw,stored_kwh

Costs are without VAT, as kvarter bill bills them, of imported energy. Within a step the battery follows the load as it is
measured, as an inverter does that holds a grid set-point; nothing of later steps is known.
With --json: currency, saving, perfectForesightSaving, capturedShare (saving / perfectForesightSaving), finalKwh, incomplete, and for each of
noStorage (charged at once), shaved and perfectForesight: cost, energyCost, peakCost, fixedCost, months [{from, to, coverage, billedKw, components, cost}],
overImportLimitKwh, overExportLimitKwh; of perfectForesight whether it is proven. With --cars: cars
{visits, kwh, unfitKwh, leftOutVisits}. With --sizes: sizes [{capacityKwh,
savingPerYear, paybackYears, capturedShare}], incomplete.
incomplete: is a part of a month billed as a whole one, coverage: how much of it was simulated with a known load.

  kvarter shave --tariff config/tariffs/ellevio-2025.json --load load.csv --battery capacityKwh=40,chargeKw=20,dischargeKw=20`,
  options: {
    tariff: { type: 'string' },
    load: { type: 'string' },
    price: { type: 'string' },
    battery: { type: 'string' },
    cars: { type: 'string' },
    'charge-kw': { type: 'string' },
    'heat-pump': { type: 'string' },
    'import-limit-kw': { type: 'string' },
    'export-limit-kw': { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    horizon: { type: 'string' },
    policy: { type: 'string' },
    sizes: { type: 'string' },
    'price-per-kwh': { type: 'string' },
    'subscribed-kw': { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const input = await inputOf(context, args);
    const sizes = sizesOf(args);
    if (sizes) return compareSizes(context, args, input, sizes);
    const shaved = run(context, args, input);
    context.print(args.values.json ? `${JSON.stringify(shaveJson(shaved))}\n` : shaveText(shaved));
    const out = textOption(args, 'out');
    if (out !== undefined) whileWriting(out, () => writeFileSync(out, shaveCsv(shaved)));
    return 0;
  },
};

type Input = Omit<ShaveInput, 'onProgress'>;

async function inputOf(context: CommandContext, args: CommandArguments): Promise<Input> {
  const tariffFile = requiredOption(args, 'tariff');
  const loadFile = requiredOption(args, 'load');
  const policy = textOption(args, 'policy') ?? 'mpc';
  if (policy !== 'mpc' && policy !== 'guard') {
    throw new KvarterError('usage', `--policy ${policy}: must be mpc or guard`);
  }
  const horizonMs = horizonOf(args);
  const tariff = withSubscription(readTariff(tariffFile), subscribedKwOption(args));
  const { timeZone } = tariff;
  const [from, to] = [localTimeOption(args, 'from', timeZone), localTimeOption(args, 'to', timeZone)];
  const read = await readText(loadFile, context);
  const load = loadOf(read, { timeZone, isNet: true }, context);
  const site = await siteOption(args, { load: read, timeZone }, context);
  if (policy === 'guard' && !('battery' in site)) {
    throw new KvarterError('usage', '--policy guard is for a --battery alone');
  }
  const { kw, spacingMs } = load;
  const endMs = load.fromMs + kw.length * spacingMs;
  checkSpan({ fromMs: from, toMs: to }, { fromMs: load.fromMs, toMs: endMs });
  const whole = (atMs: number) => load.fromMs + Math.round((atMs - load.fromMs) / spacingMs) * spacingMs;
  const span = {
    fromMs: whole(Math.max(from ?? load.fromMs, load.fromMs)),
    toMs: whole(Math.min(to ?? endMs, endMs)),
  };
  if (span.fromMs >= span.toMs) {
    throw new KvarterError('usage', '--from, --to: no whole interval of the load lies between them');
  }
  if ('battery' in site)
    checkFinalContent(site.battery, (span.toMs - span.fromMs) / spacingMs, spacingMs / HOUR_MS);
  const priceFile = textOption(args, 'price');
  if (priceFile === undefined && billsSpot(tariff))
    throw new KvarterError('usage', '--price is missing: the tariff bills a spot price');
  const market = priceFile === undefined ? undefined : await marketOf(priceFile, timeZone, context);
  checkOut(args);
  const solve = await openHighs();
  return {
    tariff,
    site,
    load,
    span,
    policy,
    horizonMs,
    solve,
    ...(market && { market }),
  };
}

async function marketOf(file: string, timeZone: string, context: CommandContext): Promise<MarketPrices> {
  const { fromMs, spacingMs, columns } = await readSeriesFile(
    file,
    { timeZone, columns: ['price', 'sell'], required: [['price']] },
    context,
  );
  const list = (price: Float64Array): PriceList => ({ fromMs, spacingMs, price });
  const sell = columns.get('sell');
  return { buy: list(columns.get('price') ?? new Float64Array()), ...(sell && { sell: list(sell) }) };
}

function run(context: CommandContext, args: CommandArguments, input: Input, label = ''): Shaved {
  const look = createShaveProgress(context, args.values.json === true, label);
  try {
    const shaved = shaveCourse({
      ...input,
      onProgress: look.tell,
    });
    look.end();
    return shaved;
  } catch (cause) {
    if (cause instanceof RangeError) throw new KvarterError('input-invalid', cause.message, { cause });
    throw cause;
  }
}

function compareSizes(
  context: CommandContext,
  args: CommandArguments,
  input: Input,
  sizes: readonly number[],
): number {
  const { site: whole } = input;
  if (!('battery' in whole)) throw new KvarterError('usage', '--sizes are those of a --battery');
  const perKwh = numberOption(args, 'price-per-kwh', { min: 0, max: 1e9 });
  const runs = sizes.map((capacityKwh) => {
    const site = { ...whole, battery: scaled(whole.battery, capacityKwh) };
    return { capacityKwh, shaved: run(context, args, { ...input, site }, `${capacityKwh} kWh: `) };
  });
  // Which months are whole is the same for all.
  const parts = runs.slice(0, 1).flatMap(({ shaved }) => partsOf(shaved));
  const rows = runs.map(({ capacityKwh, shaved }) => {
    const { capturedShare } = shaved;
    const savingPerYear = Math.round(savingInYear(shaved, input.tariff) * 100) / 100;
    const payback =
      perKwh === undefined || savingPerYear <= 0
        ? null
        : Math.round(((capacityKwh * perKwh) / savingPerYear) * 10) / 10;
    return { capacityKwh, savingPerYear, paybackYears: payback, capturedShare: capturedShare ?? null };
  });
  const { currency } = input.tariff;
  if (args.values.json)
    context.print(`${JSON.stringify({ currency, sizes: rows, incomplete: parts.length > 0 })}\n`);
  else {
    context.print(`      kWh  ${currency} saved a year  payback, years  capturedShare\n`);
    for (const row of rows) {
      const cells = [
        String(row.capacityKwh).padStart(9),
        row.savingPerYear.toFixed(2).padStart(18),
        (row.paybackYears?.toFixed(1) ?? '-').padStart(16),
        (row.capturedShare?.toFixed(3) ?? '-').padStart(15),
      ];
      context.print(`${cells.join('')}\n`);
    }
    for (const part of parts) context.print(`${part}\n`);
  }
  return 0;
}

/** Peaks and fixed charges are billed so many times a year, however long February is; energy is that of the time simulated. */
function savingInYear({ without, shaved, stepMs, netKw }: Shaved, { billingMonths }: Tariff): number {
  const energy = without.energyCost - shaved.energyCost;
  const rest = without.cost - shaved.cost - energy;
  const billedMonths = without.periods.length * billingMonths;
  return (YEAR_MS * energy) / (netKw.length * stepMs) + (12 * rest) / billedMonths;
}

function scaled(battery: Battery, capacityKwh: number): Battery {
  const ratio = capacityKwh / battery.capacityKwh;
  return {
    ...battery,
    capacityKwh,
    chargeKw: battery.chargeKw * ratio,
    dischargeKw: battery.dischargeKw * ratio,
    initialKwh: battery.initialKwh * ratio,
    finalKwh: battery.finalKwh * ratio,
  };
}

function sizesOf(args: CommandArguments): readonly number[] | undefined {
  const text = textOption(args, 'sizes');
  if (text === undefined) {
    if (args.values['price-per-kwh'] === undefined) return undefined;
    throw new KvarterError('usage', '--price-per-kwh: only with --sizes');
  }
  return text.split(',').map((part) => {
    const size = decimalOf(part.trim()) ?? Number.NaN;
    if (size > 0 && size <= 1e9) return size;
    throw new KvarterError('usage', `--sizes ${text}: must be capacities in kWh, such as 10,20,40`);
  });
}

function horizonOf(args: CommandArguments): number {
  const text = textOption(args, 'horizon') ?? '720h';
  const [, count, unit] = /^(\d+(?:\.\d+)?)(h|d)$/.exec(text) ?? [];
  const hours = Number(count) * (unit === 'd' ? 24 : 1);
  if (hours >= 1 && hours <= LONGEST_HOURS) return hours * HOUR_MS;
  throw new KvarterError(
    'usage',
    `--horizon ${text}: must be hours or days from 1h to ${LONGEST_HOURS}h, such as 720h or 30d`,
  );
}

/** Before a year is simulated: can the file be written at the end? */
function checkOut(args: CommandArguments): void {
  const out = textOption(args, 'out');
  if (out === undefined) return;
  if (textOption(args, 'sizes') !== undefined)
    throw new KvarterError('usage', '--out is of one battery: not with --sizes');
  whileWriting(out, () => closeSync(openSync(out, 'a')));
}

function whileWriting(file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KvarterError('usage', `--out ${file}: cannot be written (${why})`);
  }
}

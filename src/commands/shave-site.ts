import { KvarterError } from '../domain/errors.ts';
import type { Battery } from '../energy/storage/battery.ts';
import type { ShaveSite } from '../energy/storage/site-stays.ts';
import { parseBattery, parseHeatPump } from '../energy/storage/store-text.ts';
import type { CommandArguments, CommandContext } from './command.ts';
import { numberOption, textOption } from './options.ts';
import { type ReadText, readVisitsFile, seriesOf } from './series-files.ts';

const CHARGE_KW = 11;

const WAYS = ['battery', 'cars', 'heat-pump'] as const;

/** What stands behind the meter, by `--battery`, `--cars` or `--heat-pump`, and the limits of the connection. */
export async function siteOption(
  args: CommandArguments,
  { load, timeZone }: { readonly load: ReadText; readonly timeZone: string },
  context: CommandContext,
): Promise<ShaveSite> {
  const limits = { min: 0, max: 1e9 };
  const connection = {
    importLimitKw: numberOption(args, 'import-limit-kw', limits) ?? Number.POSITIVE_INFINITY,
    exportLimitKw: numberOption(args, 'export-limit-kw', limits) ?? Number.POSITIVE_INFINITY,
  };
  const given = WAYS.filter((name) => textOption(args, name) !== undefined);
  const [way] = given;
  if (way === undefined) throw new KvarterError('usage', '--battery is missing, or --cars, or --heat-pump');
  if (given.length > 1) {
    throw new KvarterError('usage', `${given.map((name) => `--${name}`).join(' and ')}: plan one of them`);
  }
  const chargeKw = numberOption(args, 'charge-kw', { min: 1e-6, max: 1e9 });
  if (chargeKw !== undefined && way !== 'cars') throw new KvarterError('usage', '--charge-kw is for --cars');
  const text = textOption(args, way) ?? '';
  if (way === 'battery') return { battery: keysOf(way, parseBattery(text)).battery, ...connection };
  if (way === 'heat-pump') {
    const { heatPump } = keysOf(way, parseHeatPump(text));
    return { heatPump, drawnKw: drawnOf(load, timeZone, context), ...connection };
  }
  const visits = await readVisitsFile(text, { timeZone }, context);
  return { visits, chargeKw: chargeKw ?? CHARGE_KW, ...connection };
}

/** What the heat pump drew is a column of the load, whose missing rows have been told. */
function drawnOf(load: ReadText, timeZone: string, { complain }: CommandContext): Float64Array {
  const column = 'heat_pump_kw';
  const tell = (note: string) => {
    if (note.includes(column)) complain(note);
  };
  const { columns } = seriesOf(
    load,
    { timeZone, columns: [column], required: [[column]], notNegative: [column] },
    { complain: tell },
  );
  return columns.get(column) ?? new Float64Array();
}

/** Throws where a battery cannot be as full at the end as it has to be. */
export function checkFinalContent(battery: Battery, steps: number, stepHours: number): void {
  const kept = (1 - battery.lossPerHour) ** stepHours;
  // What is charged is lost again, too.
  const charged = kept === 1 ? steps : (1 - kept ** steps) / (1 - kept);
  const reachable =
    battery.initialKwh * kept ** steps + battery.chargeKw * battery.chargeEfficiency * stepHours * charged;
  if (battery.finalKwh <= reachable + 1e-9) return;
  throw new KvarterError(
    'usage',
    `--battery finalKwh=${battery.finalKwh}: cannot be reached from ${battery.initialKwh} kWh by the end`,
  );
}

/** What the keys of an option say. */
function keysOf<Parsed extends { readonly ok: true }>(
  name: string,
  parsed: Parsed | { readonly ok: false; readonly problems: readonly string[] },
): Parsed {
  if (parsed.ok) return parsed;
  throw new KvarterError('usage', parsed.problems.map((problem) => `--${name} ${problem}`).join('\n'));
}

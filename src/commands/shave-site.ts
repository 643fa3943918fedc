import { KvarterError } from '../domain/errors.ts';
import type { Battery } from '../energy/storage/battery.ts';
import type { HeatPumpSite } from '../energy/storage/heat-pump.ts';
import type { ShaveInput } from '../energy/storage/shave.ts';
import { parseBattery, parseHeatPump } from '../energy/storage/store-text.ts';
import type { CommandArguments } from './command.ts';
import { numberOption, textOption } from './options.ts';
import { readSeriesFile, readVisitsFile } from './series-files.ts';

const CHARGE_KW = 11;

const WAYS = ['battery', 'cars', 'heat-pump'] as const;

/** What stands behind the meter, by `--battery`, `--cars` or `--heat-pump`, and the limits of the connection. */
export function siteOption(
  args: CommandArguments,
  { loadFile, timeZone }: { readonly loadFile: string; readonly timeZone: string },
): ShaveInput['site'] {
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
  if (way === 'battery') return { battery: batteryOf(text), ...connection };
  if (way === 'heat-pump') return { ...heatPumpOf(text, loadFile, timeZone), ...connection };
  return { visits: readVisitsFile(text, { timeZone }), chargeKw: chargeKw ?? CHARGE_KW, ...connection };
}

/** What the heat pump drew is a column of the load, of which gaps have been told. */
function heatPumpOf(
  text: string,
  loadFile: string,
  timeZone: string,
): Pick<HeatPumpSite, 'heatPump' | 'drawnKw'> {
  const parsed = parseHeatPump(text);
  if (!parsed.ok) {
    throw new KvarterError('usage', parsed.problems.map((problem) => `--heat-pump ${problem}`).join('\n'));
  }
  const column = 'heat_pump_kw';
  const { columns } = readSeriesFile(
    loadFile,
    { timeZone, columns: [column], required: [[column]], notNegative: [column] },
    { complain: () => undefined },
  );
  return { heatPump: parsed.heatPump, drawnKw: columns.get(column) ?? new Float64Array() };
}

/** Throws where a battery cannot be as full at the end as it has to be. */
export function checkFinalContent(battery: Battery, hours: number): void {
  const reachable =
    battery.initialKwh * (1 - battery.lossPerHour) ** hours +
    battery.chargeKw * battery.chargeEfficiency * hours;
  if (battery.finalKwh <= reachable + 1e-9) return;
  throw new KvarterError(
    'usage',
    `--battery finalKwh=${battery.finalKwh}: cannot be reached from ${battery.initialKwh} kWh by the end`,
  );
}

function batteryOf(text: string): Battery {
  const parsed = parseBattery(text);
  if (parsed.ok) return parsed.battery;
  throw new KvarterError('usage', parsed.problems.map((problem) => `--battery ${problem}`).join('\n'));
}

import { KvarterError } from '../domain/errors.ts';
import type { Battery } from '../energy/storage/battery.ts';
import { parseBattery } from '../energy/storage/battery-text.ts';
import type { ShaveInput } from '../energy/storage/shave.ts';
import type { CommandArguments } from './command.ts';
import { numberOption, textOption } from './options.ts';
import { readVisitsFile } from './series-files.ts';

const CHARGE_KW = 11;

/** What stands behind the meter, by `--battery` or `--cars`, and the limits of the connection. */
export function siteOption(args: CommandArguments, timeZone: string): ShaveInput['site'] {
  const limits = { min: 0, max: 1e9 };
  const connection = {
    importLimitKw: numberOption(args, 'import-limit-kw', limits) ?? Number.POSITIVE_INFINITY,
    exportLimitKw: numberOption(args, 'export-limit-kw', limits) ?? Number.POSITIVE_INFINITY,
  };
  const [battery, cars] = [textOption(args, 'battery'), textOption(args, 'cars')];
  const chargeKw = numberOption(args, 'charge-kw', { min: 1e-6, max: 1e9 });
  if ((battery === undefined) === (cars === undefined)) {
    throw new KvarterError(
      'usage',
      battery === undefined ? '--battery is missing, or --cars' : '--battery and --cars: plan one of them',
    );
  }
  if (battery !== undefined) {
    if (chargeKw !== undefined)
      throw new KvarterError('usage', '--charge-kw is for --cars; a battery has chargeKw');
    return { battery: batteryOf(battery), ...connection };
  }
  return { visits: readVisitsFile(cars ?? '', { timeZone }), chargeKw: chargeKw ?? CHARGE_KW, ...connection };
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

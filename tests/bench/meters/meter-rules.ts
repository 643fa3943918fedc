import { join } from 'node:path';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/interval.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { Weather } from '../../../src/energy/loads/weather-file.ts';
import { createAlerting } from '../../../src/workers/alerting.ts';
import { readingOf, registerOf, withPlacesOf } from '../../support/readings.ts';
import { onlyRules } from '../../support/rules.ts';
import { type HourlyLoad, readBedford, readCambridge } from '../cambridge.ts';
import { HOMES_FROM_MS, readHomes } from '../citylearn.ts';
import { type Put, type RuleFault, ruleFaults, withRuleFaults } from './rule-faults.ts';

const MONTH_MS = (365.25 * DAY_MS) / 12;
/** A fault is found when it is told before so long after its end. */
const LATE_MS = 2 * DAY_MS;
/** Few meters are faulty at a time: what many have in common is the weather. One of so many has faults in a run. */
const PARTS = 5;
const kinds = {
  electricity: { quantity: 'activeEnergyWh', role: 'electricityMain' },
  heat: { quantity: 'heatEnergyWh', role: 'heatMain' },
} as const;
type Kind = RuleFault['of'];
/** What a main meter is judged by, but for the guard. */
const types = [
  'night-base-load',
  'meter-ratio',
  'evening-peak',
  'unexplained-use',
  'register-back',
  'spike',
  'flat-line',
  'stale',
];

/** What the shipped rules tell of real main meters as they were, and of faults that are put into them. */
export function benchMeterRules(folder: string): void {
  const weather = weatherReadings(readBedford(join(folder, 'cambridge/weather')));
  const [electricity, gas] = ['electricity', 'gas'].map((of) => readCambridge(join(folder, 'cambridge', of)));
  benchMeters('university buildings', { of: 'electricity', loads: electricity ?? [] }, weather);
  benchMeters('of their boilers', { of: 'heat', loads: gas ?? [] }, weather);
  const homes = readHomes(join(folder, 'citylearn')).map(({ name, load }) => ({
    building: name,
    hours: [...load].map((kwh, hour) => ({ atMs: HOMES_FROM_MS + hour * HOUR_MS, kwh })),
  }));
  benchMeters('homes', { of: 'electricity', loads: homes }, []);
}

type Meters = { readonly of: Kind; readonly loads: readonly HourlyLoad[] };

function benchMeters(title: string, meters: Meters, weather: readonly Reading[]): void {
  const { of, loads } = meters;
  const months = loads.reduce((sum, { hours }) => sum + hours.length * HOUR_MS, 0) / MONTH_MS;
  console.log(`meter-rules: ${loads.length} ${title}, ${months.toFixed(0)} months as they were measured`);
  const usual = told(meters, weather, types);
  for (const [rule, alerts] of Map.groupBy(usual, ({ rule }) => rule)) {
    const most = [...Map.groupBy(alerts, ({ building }) => building)]
      .map(([building, { length }]) => ({ building, length }))
      .toSorted((a, b) => b.length - a.length)[0];
    console.log(
      `  ${rule}: ${alerts.length} alerts, ${(alerts.length / months).toFixed(3)} a month; most of them in ${most?.building}, ${most?.length}`,
    );
  }
  for (const fault of ruleFaults.filter((one) => one.of === of)) benchFault(fault, meters, weather, usual);
}

/** What is told of the same building at the same time anyway is not asked for. */
function benchFault(
  fault: RuleFault,
  { of, loads }: Meters,
  weather: readonly Reading[],
  usual: readonly Told[],
): void {
  const rows = Array.from({ length: PARTS }, (_, part) => {
    const faulty = loads.map((load, i) =>
      i % PARTS === part ? withRuleFaults(fault, load) : { load, put: [] },
    );
    const alerts = told({ of, loads: faulty.map(({ load }) => load) }, weather, [fault.type ?? fault.rule]);
    return faulty
      .flatMap(({ put }) => put)
      .filter((one) => !usual.some((alert) => isAbout(alert, one, fault)))
      .map((one) => ({ ...one, isFound: alerts.some((alert) => isAbout(alert, one, fault)) }));
  }).flat();
  const missed = rows.filter(({ isFound }) => !isFound);
  console.log(
    `  ${fault.name}: ${rows.length - missed.length} of ${rows.length} found by ${fault.rule}; missed in ${missed.map(({ building, size }) => `${building} (${size})`).join(', ')}`,
  );
}

type Told = { readonly rule: string; readonly building: string; readonly atMs: number };

function isAbout({ rule, building, atMs }: Told, { fromMs, toMs, ...put }: Put, fault: RuleFault): boolean {
  return rule === fault.rule && building === put.building && atMs >= fromMs && atMs < toMs + LATE_MS;
}

function told({ of, loads }: Meters, weather: readonly Reading[], asked: readonly string[]): readonly Told[] {
  const readings = [...loads.flatMap((load) => registerReadings(load, of)), ...weather].toSorted(
    (a, b) => a.atMs - b.atMs,
  );
  const register = withPlacesOf(readings, registerOf([], []));
  const alerting = createAlerting({
    rules: onlyRules(...asked),
    holds: { powerHoldMs: 15 * MINUTE_MS, registerGapMs: 3 * HOUR_MS },
    register: () => register,
    tariffs: new Map(),
  });
  for (const reading of readings) alerting.onReading(reading);
  return alerting
    .drain()
    .changes.filter(({ alert }) => alert.state === 'firing')
    .map(({ alert, atMs }) => ({ rule: alert.rule, building: alert.building ?? '', atMs }));
}

/** Readings of an energy register, at the end of each hour. */
function registerReadings({ building, hours }: HourlyLoad, of: Kind): readonly Reading[] {
  const meter = kinds[of];
  let countWh = 1e6;
  return hours.map(({ atMs, kwh }) => {
    countWh += kwh * 1000;
    return readingOf({ ...meter, device: `${building}-main`, building }, atMs + HOUR_MS, Math.round(countWh));
  });
}

function weatherReadings(weather: Weather | undefined): readonly Reading[] {
  if (weather === undefined) return [];
  const thermometer = { device: 'outdoor', quantity: 'outdoorTemperatureC', role: 'outdoor' } as const;
  const { fromMs, spacingMs, temperatureC } = weather;
  return [...temperatureC].flatMap((value, step) =>
    Number.isNaN(value)
      ? []
      : [readingOf({ ...thermometer, building: 'weather' }, fromMs + step * spacingMs, value)],
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDetector } from '../../../src/anomaly/detect.ts';
import { parseSeriesTime } from '../../../src/commands/series-time.ts';
import { areaUnderCurve } from './auc.ts';
import { faults, type Hour, withFaults } from './faults.ts';
import { type LastingFault, lastingFaults, withLastingFault } from './lasting.ts';

const HOUR_MS = 3_600_000;
/** A year with fewer hours says too little. */
const LEAST_HOURS = 7000;
/** From here on a score is an alarm. */
const ALARM = 0.5;
const MONTH_HOURS = 730;
const DAY_HOURS = 24;
/** Days that a fault has lasted. */
const SPANS = [
  [0, 3],
  [3, 10],
  [10, 20],
  [20, 40],
  [40, 60],
] as const;

/** Years of real meters with faults put in: do the faulty hours score above the others? */
export function benchMeters(folder: string): void {
  const meters = [
    ...readCambridge(join(folder, 'cambridge/electricity')),
    ...readHomes(join(folder, 'citylearn')),
  ];
  const rows = meters.flatMap(({ name, hours }) => {
    const faulty = withFaults(name, hours);
    return scoresOf(faulty).map((score, i) => ({ score, fault: faulty[i]?.fault }));
  });
  const faultyRows = rows.filter(({ fault }) => fault !== undefined).length;
  console.log(
    `meters: ${meters.length} meter-years, ${rows.length} hours, ${faultyRows} of them faulty: AUC ${area(rows)}`,
  );
  for (const each of faults) {
    const some = rows.filter(({ fault }) => fault === undefined || fault === each);
    const count = some.filter(({ fault }) => fault === each).length;
    console.log(`  ${each}: ${count} hours, AUC ${area(some)}`);
  }
  const usual = rows.filter(({ fault }) => fault === undefined);
  const alarms = usual.filter(({ score }) => score >= ALARM).length;
  console.log(
    `  alarms (0.5 or above) at hours without a fault: ${((alarms / usual.length) * MONTH_HOURS).toFixed(2)} per meter and month`,
  );
  for (const fault of lastingFaults) benchLasting(meters, fault);
}

/** One fault of 10 to 60 days in each year: do its hours still score above the others after so many days? */
function benchLasting(meters: readonly Meter[], fault: LastingFault): void {
  const rows = meters.flatMap(({ name, hours }) => {
    const faulty = withLastingFault(name, hours, fault);
    return scoresOf(faulty).map((score, i) => ({ score, lastedHours: faulty[i]?.lastedHours ?? null }));
  });
  const usual = rows.filter(({ lastedHours }) => lastedHours === null);
  const areas = SPANS.map(([fromDay, toDay]) => {
    const some = rows.filter(
      ({ lastedHours }) =>
        lastedHours !== null && lastedHours >= fromDay * DAY_HOURS && lastedHours < toDay * DAY_HOURS,
    );
    const labelled = [...usual, ...some].map(({ score, lastedHours }) => ({
      score,
      fault: lastedHours ?? undefined,
    }));
    return `day ${fromDay} to ${toDay} ${area(labelled)}`;
  });
  console.log(`  lasting ${fault}: AUC ${areas.join(', ')}`);
}

type Scored = { readonly score: number; readonly fault: unknown };

function area(some: readonly Scored[]): string {
  return areaUnderCurve(
    some.map(({ score }) => score),
    some.map(({ fault }) => fault !== undefined),
  ).toFixed(3);
}

function scoresOf(hours: readonly Hour[]): readonly number[] {
  const detector = createDetector();
  return hours.map(({ wallMs, kwh }) => detector.next(wallMs, kwh));
}

type Meter = { readonly name: string; readonly hours: readonly Hour[] };

/** The publisher wrote hours that are missing as 0. */
function readCambridge(folder: string): readonly Meter[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({
      name,
      hours: linesOf(join(folder, name)).flatMap((line) => {
        const [time = '', kwh] = line.split(',');
        const wallMs = parseSeriesTime(time)?.wallMs;
        return wallMs !== undefined && Number(kwh) > 0 ? [{ wallMs, kwh: Number(kwh) }] : [];
      }),
    }))
    .filter(({ hours }) => hours.length >= LEAST_HOURS);
}

/** Homes know the hour of the year only; the one in which it is a Monday first will do. */
function readHomes(folder: string): readonly Meter[] {
  const startMs = Date.UTC(2018, 0, 1);
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({
      name,
      hours: linesOf(join(folder, name)).map((line, hour) => ({
        wallMs: startMs + hour * HOUR_MS,
        kwh: Number(line.split(',')[1]),
      })),
    }));
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trim().split('\n').slice(1);
}

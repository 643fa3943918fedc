import { isoTime } from '../domain/time.ts';
import type { CourseCost, Shaved } from '../energy/storage/shave.ts';
import type { ChargedCars, StoreKind } from '../energy/storage/site-stays.ts';

const money = (value: number) => Math.round(value * 100) / 100;
const kw = (value: number) => Math.round(value * 1000) / 1000;

/** The fields of `kvarter shave --json`. */
export function shaveJson(shaved: Shaved): object {
  return {
    currency: shaved.currency,
    noStorage: courseJson(shaved.without),
    shaved: courseJson(shaved.shaved),
    perfectForesight: { ...courseJson(shaved.foresight), proven: shaved.isForesightProven },
    saving: money(shaved.saving),
    perfectForesightSaving: money(shaved.foresightSaving),
    capturedShare: shaved.capturedShare === undefined ? null : Math.round(shaved.capturedShare * 1e4) / 1e4,
    ...(shaved.cars ? { cars: carsJson(shaved.cars) } : { finalKwh: kw(shaved.plan.storedKwh.at(-1) ?? 0) }),
    incomplete: partsOf(shaved).length > 0,
  };
}

function carsJson({ visits, kwh, unfitKwh, leftOut }: ChargedCars): object {
  return { visits, kwh: kw(kwh), unfitKwh: kw(unfitKwh), leftOutVisits: leftOut };
}

function courseJson(course: CourseCost): object {
  return {
    cost: money(course.cost),
    energyCost: money(course.energyCost),
    peakCost: money(course.peakCost),
    fixedCost: money(course.fixedCost),
    months: course.periods.map(({ fromMs, toMs, coverage, cost, billed }) => ({
      from: isoTime(fromMs),
      to: isoTime(toMs),
      coverage,
      billedKw: kw(Math.max(0, ...billed.map((one) => one.kw))),
      components: billed.map((one) => ({ reference: one.reference, billedKw: kw(one.kw) })),
      cost: money(cost),
    })),
    overImportLimitKwh: kw(course.overImportKwh),
    overExportLimitKwh: kw(course.overExportKwh),
  };
}

/** What is compared, by what the store is. */
const NAMES: Readonly<Record<StoreKind, readonly [string, string]>> = {
  battery: ['without storage', 'with storage'],
  cars: ['charged at once', 'charged in time'],
  heatPump: ['as it was', 'drawn ahead'],
};

/** A table for people. */
export function shaveText(shaved: Shaved): string {
  const { currency, without, foresight } = shaved;
  const names = NAMES[shaved.store];
  const rows: [string, CourseCost][] = [
    [names[0], without],
    [names[1], shaved.shaved],
    ['perfect foresight', foresight],
  ];
  const lines = [
    `${''.padEnd(18)}${['cost', 'energy', 'peaks', 'fixed'].map((one) => one.padStart(12)).join('')}  ${currency}`,
  ];
  for (const [name, { cost, energyCost, peakCost, fixedCost }] of rows) {
    const numbers = [cost, energyCost, peakCost, fixedCost].map((value) => value.toFixed(2).padStart(12));
    lines.push(`${name.padEnd(18)}${numbers.join('')}`);
  }
  lines.push('', 'billed kW          without        with   foresight');
  for (const [p, { fromMs, billed }] of without.periods.entries()) {
    for (const [b, { reference, kw: bare }] of billed.entries()) {
      const values = [
        bare,
        shaved.shaved.periods[p]?.billed[b]?.kw ?? 0,
        foresight.periods[p]?.billed[b]?.kw ?? 0,
      ];
      lines.push(
        `${monthOf(fromMs)}      ${values.map((value) => value.toFixed(2).padStart(12)).join('')}  ${reference}`,
      );
    }
  }
  const share = shaved.capturedShare;
  lines.push(
    '',
    `saving ${shaved.saving.toFixed(2)} of ${shaved.foresightSaving.toFixed(2)} ${currency}: ${share === undefined ? 'nothing can be saved' : `capturedShare ${share.toFixed(3)}`}`,
  );
  if (shaved.cars) lines.push(carsText(shaved.cars));
  lines.push(...partsOf(shaved));
  if (!shaved.isForesightProven) {
    lines.push('perfect foresight: the search was stopped by its time limit, a better plan may exist');
  }
  for (const [name, { overImportKwh, overExportKwh }] of rows) {
    if (overImportKwh > 0.001) lines.push(`${name}: ${overImportKwh.toFixed(2)} kWh above the import limit`);
    if (overExportKwh > 0.001) lines.push(`${name}: ${overExportKwh.toFixed(2)} kWh above the export limit`);
  }
  return `${lines.join('\n')}\n`;
}

function carsText({ visits, kwh, unfitKwh, leftOut }: ChargedCars): string {
  const told = [`${visits} visits of cars, ${kwh.toFixed(1)} kWh`];
  if (unfitKwh > 0.05)
    told.push(`${unfitKwh.toFixed(1)} kWh more do not fit into the whole steps of their visits`);
  if (leftOut > 0)
    told.push(
      `${leftOut} visits that reach over --from or --to, or in which the load is missing, are left out`,
    );
  return told.join('; ');
}

/** A line for each billing period of which only a part is simulated, or known: it is billed whole, as `kvarter bill` does. */
export function partsOf({ without }: Shaved): readonly string[] {
  return without.periods
    .filter(({ coverage }) => coverage < 1)
    .map(
      ({ fromMs, coverage }) =>
        `${monthOf(fromMs)}: ${Math.floor(coverage * 1000) / 10} % of it is simulated with a known load; its peaks and fixed charges are a whole period's, with and without storage`,
    );
}

function monthOf(fromMs: number): string {
  return isoTime(fromMs + 43_200_000).slice(0, 7);
}

/** The rows of `--out`. */
export function shaveCsv({ fromMs, stepMs, netKw, plan }: Shaved): string {
  const lines = ['time,load_kw,charge_kw,discharge_kw,grid_kw,stored_kwh'];
  const text = (value: number) => (Number.isFinite(value) ? String(Math.round(value * 1e6) / 1e6) : '');
  for (let t = 0; t < netKw.length; t += 1) {
    const [net = Number.NaN, power = 0, stored = 0] = [netKw[t], plan.powerKw[t], plan.storedKwh[t]];
    const cells = [net, Math.max(power, 0), Math.max(-power, 0), net + power, stored].map(text);
    lines.push(`${isoTime(fromMs + t * stepMs)},${cells.join(',')}`);
  }
  return `${lines.join('\n')}\n`;
}

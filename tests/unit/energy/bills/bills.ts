import { join } from 'node:path';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { zoneOf } from '../../../../src/domain/zone.ts';
import { type Bill, type BillOptions, bill } from '../../../../src/energy/bills/bill.ts';
import type { Load } from '../../../../src/energy/loads/load-file.ts';
import { compileTariffs, type Tariff } from '../../../../src/energy/tariffs/compile-tariff.ts';
import { withSubscription } from '../../../../src/energy/tariffs/subscription.ts';

export const shipped = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));

/**
 * A load of `baseKw` from the start of one local day to that of another, with other powers in some intervals: by local time
 * (`2025-01-07 08:00`), the whole hour of it whatever the spacing, or the day of it (`2025-01-07`).
 */
export function loadOf(options: {
  readonly from: string;
  readonly to: string;
  readonly baseKw: number;
  readonly kw?: Readonly<Record<string, number>>;
  readonly minutes?: number;
  readonly timeZone?: string;
}): Load {
  const { from, to, baseKw, kw = {}, minutes = 60, timeZone = 'Europe/Stockholm' } = options;
  const zone = zoneOf(timeZone);
  const startOf = (date: string) => {
    const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
    return zone.startOf(year, month, day);
  };
  const [fromMs, toMs] = [startOf(from), startOf(to)];
  const spacingMs = minutes * 60_000;
  const values = new Float64Array(Math.round((toMs - fromMs) / spacingMs));
  const two = (value: number) => String(value).padStart(2, '0');
  for (let i = 0; i < values.length; i += 1) {
    const { year, month, day, minuteOfDay } = zone.local(fromMs + i * spacingMs);
    const date = `${year}-${two(month)}-${two(day)}`;
    const hour = `${date} ${two(Math.floor(minuteOfDay / 60))}`;
    values[i] = kw[`${hour}:${two(minuteOfDay % 60)}`] ?? kw[`${hour}:00`] ?? kw[date] ?? baseKw;
  }
  return { fromMs, spacingMs, kw: values };
}

export function tariffOf(value: unknown): Tariff {
  const { tariffs, problems } = compileTariffs(value);
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error(JSON.stringify(problems));
  return tariff;
}

export function billed(tariff: Tariff | string, load: Load, options?: BillOptions): Bill {
  const of = typeof tariff === 'string' ? shipped.get(tariff) : tariff;
  if (!of) throw new Error(`no tariff ${String(tariff)}`);
  const made = bill(of, load, options);
  if (!made.ok) throw new Error(`${made.problem.path.join('.')}: ${made.problem.message}`);
  return made.bill;
}

/** A shipped tariff, for who subscribes to so much power. */
export function subscribed(name: string, subscribedKw: number): Tariff {
  const tariff = shipped.get(name);
  if (!tariff) throw new Error(`no tariff ${name}`);
  return withSubscription(tariff, subscribedKw);
}

/** Lines of one period as `reference quantity unit cost costWithVat`, and its sum. */
export function linesOf({ periods }: Bill, index = 0): readonly string[] {
  const period = periods.at(index);
  return [
    ...(period?.lines ?? []).map(
      ({ reference, quantity, unit, cost }) =>
        `${reference} ${quantity} ${unit} ${cost.exVat} ${cost.incVat}`,
    ),
    `sum ${period?.cost.exVat} ${period?.cost.incVat}`,
  ];
}

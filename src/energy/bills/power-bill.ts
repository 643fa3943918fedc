import type { Load } from '../loads/load-file.ts';
import type { Tariff } from '../tariffs/compile-tariff.ts';
import type { Span } from '../tariffs/power-price.ts';
import { bill } from './bill.ts';

/** Billed power (of the dearest component, mean of the periods, kW) and what all power components cost, excluding VAT. */
export type PowerBill = { readonly billedKw: number; readonly cost: number };

/** Power alone: what a guard is there for. Prices of the nearest year; undefined when the tariff cannot be billed. */
export function powerBill(tariff: Tariff, load: Load): PowerBill | undefined {
  const made = bill({ ...tariff, energy: [] }, load, { outside: 'nearestYear' });
  if (!made.ok) return undefined;
  const lines = made.bill.periods.flatMap((period) => period.lines.filter(({ kind }) => kind === 'power'));
  const byComponent = [...Map.groupBy(lines, ({ reference }) => reference).values()].map((some) => ({
    cost: some.reduce((sum, { cost }) => sum + cost.exVat, 0),
    billedKw: some.reduce((sum, { quantity }) => sum + quantity, 0) / some.length,
    isOfKw: some.every(({ unit }) => unit === 'kW'),
  }));
  const [dearest] = byComponent.filter(({ isOfKw }) => isOfKw).toSorted((a, b) => b.cost - a.cost);
  return {
    billedKw: dearest?.billedKw ?? 0,
    cost: byComponent.reduce((sum, { cost }) => sum + cost, 0),
  };
}

/** A load that was held back: what it would have drawn, kW. */
export type HeldBack = Span & { readonly kw: number };

/**
 * What holding loads back has saved on power: the bill with them, as if they had drawn their full power, less the bill. What
 * came back afterwards is in both.
 */
export function savedByHolding(tariff: Tariff, load: Load, held: readonly HeldBack[]): number {
  if (held.length === 0) return 0;
  const kw = load.kw.slice();
  for (const { fromMs, toMs, kw: power } of held) {
    const first = Math.max(Math.floor((fromMs - load.fromMs) / load.spacingMs), 0);
    for (let i = first; i < kw.length; i += 1) {
      const startMs = load.fromMs + i * load.spacingMs;
      if (startMs >= toMs) break;
      const heldMs = Math.min(toMs, startMs + load.spacingMs) - Math.max(fromMs, startMs);
      kw[i] = (kw[i] ?? Number.NaN) + (power * Math.max(heldMs, 0)) / load.spacingMs;
    }
  }
  const [without, withHeld] = [powerBill(tariff, { ...load, kw }), powerBill(tariff, load)];
  return without && withHeld ? without.cost - withHeld.cost : 0;
}

import { localTime } from '../domain/local-time.ts';
import type { Bill } from '../energy/bills/bill.ts';
import type { BillLine, Cost } from '../energy/bills/bill-line.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';

/** A bill to read: a table per billing period, the billed peaks below their line. */
export function billText(tariff: Tariff, { currency, periods, cost, incomplete }: Bill): string {
  const wall = (atMs: number) => localTime(tariff.zone, atMs);
  const title = [tariff.companyName, tariff.name].filter(Boolean).join(', ');
  const rows = periods.flatMap((period) => [
    '',
    `${wall(period.fromMs).slice(0, 10)} to ${wall(period.toMs).slice(0, 10)}${period.incomplete ? `  INCOMPLETE (${Math.floor(period.coverage * 1000) / 10} % of the time is known)` : ''}`,
    ...period.lines.flatMap((line) => [lineText(line, currency), ...peakTexts(line, wall)]),
    `  ${'Sum'.padEnd(60)}${amount(period.cost.exVat)} ${currency}${withVat(period.cost)}`,
    ...period.notes.map((note) => `  Note: ${note}`),
  ]);
  return `${[
    title,
    ...rows,
    '',
    `Total ${amount(cost.exVat).trim()} ${currency}${withVat(cost)}${incomplete ? '. INCOMPLETE: see the notes' : ''}`,
  ].join('\n')}\n`;
}

type Ranked = { readonly name: string; readonly tariff: Tariff; readonly bill: Bill };

/** Tariffs, the cheapest first, and those that cannot be billed. */
export function comparedText(
  ranked: readonly Ranked[],
  failed: readonly { readonly name: string; readonly why: string }[],
): string {
  const width = Math.max(...[...ranked, ...failed].map(({ name }) => name.length)) + 2;
  const rows = ranked.map(
    ({ name, bill: { cost, currency, incomplete } }, i) =>
      `${String(1 + i - ranked.findIndex((first) => first.bill.currency === currency)).padStart(3)}. ${name.padEnd(width)}${amount(cost.exVat)} ${currency}${withVat(cost)}${incomplete ? '  incomplete' : ''}`,
  );
  const others = failed.map(
    ({ name, why }) => `  -  ${name.padEnd(width)}not billed: ${why.split('\n', 1)[0]}`,
  );
  return `${[...rows, ...others].join('\n')}\n`;
}

function lineText({ reference, kind, quantity, unit, price, cost }: BillLine, currency: string): string {
  const of = `${Math.round(quantity * 1000) / 1000} ${unit} × ${Math.round(price.exVat * 1e6) / 1e6}`;
  return `  ${kind.padEnd(8)}${reference.padEnd(22)}${of.padEnd(30)}${amount(cost.exVat)} ${currency}`;
}

function peakTexts({ peaks }: BillLine, wall: (atMs: number) => string): readonly string[] {
  return (peaks ?? []).map(({ fromMs, toMs, kw, weightedKw }) => {
    const counts = Math.abs(kw - weightedKw) > 1e-6 ? `, counts as ${rounded(weightedKw)} kW` : '';
    return `          ${wall(fromMs)} to ${wall(toMs).slice(11)}: ${rounded(kw)} kW${counts}`;
  });
}

function withVat({ incVat }: Cost): string {
  return incVat === undefined ? ' (VAT is not known)' : ` (${amount(incVat).trim()} with VAT)`;
}

function amount(value: number): string {
  return value.toFixed(2).padStart(12);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

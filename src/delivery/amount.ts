import type { Alert } from '../domain/alert.ts';
import { parseIsoTime } from '../domain/time.ts';
import { factLabel, quantityLabel } from '../rules/quantity-label.ts';
import type { Language } from './settings.ts';

/** From so many of a unit on people say so many of another. */
const LARGER: Readonly<Record<string, readonly (readonly [from: number, per: number, unit: string])[]>> = {
  W: [[1000, 1000, 'kW']],
  Wh: [[1000, 1000, 'kWh']],
  l: [[10_000, 1000, 'm³']],
  min: [
    [2880, 1440, 'd'],
    [120, 60, 'h'],
  ],
  h: [[48, 24, 'd']],
};
const DAYS: Readonly<Record<Language, string>> = { en: 'days', sv: 'dygn' };

/** A value as people read it: `22.1 kW`, `6 h`, `4 days`. */
export function amountText(given: number, unit: string, language: Language): string {
  // Two hours less some seconds are two hours.
  const value = unit === 'min' && Math.abs(given) >= 10 ? Math.round(given) : given;
  const [, per = 1, larger = unit] = LARGER[unit]?.find(([from]) => Math.abs(value) >= from) ?? [];
  const amount = value / per;
  const isRound = per > 1 || unit === 'min' || (unit === 'kW' && Math.abs(value) >= 10);
  const maximumFractionDigits = isRound ? 1 : 2;
  const digits = new Intl.NumberFormat(language, { maximumFractionDigits, useGrouping: false });
  return `${digits.format(amount)} ${larger === 'd' ? DAYS[language] : larger}`.trim();
}

/** Facts whose unit their name does not say: they are in that of the alert. */
const IN_ITS_UNIT = /^(value|usual|limit|before|after|others|difference|lowest|highest)$/;
/** Facts that are in the currency of the alert, which their name does not say or says wrongly. */
const MONEY = /^(sekAtStake|expectedSaving)$/;

/** The unit of a fact of an alert; empty where it has none. */
export function unitOfFact(name: string, { facts, quantity }: Pick<Alert, 'facts' | 'quantity'>): string {
  if (MONEY.test(name)) return typeof facts.currency === 'string' ? facts.currency : '';
  const { unit } = factLabel(name);
  if (unit !== '' || !IN_ITS_UNIT.test(name)) return unit;
  if (typeof facts.unit === 'string') return facts.unit;
  return quantity === undefined ? '' : quantityLabel(quantity).unit;
}

/** The text of a rule, which knows no local time, with its moments on the local clock. */
export function withLocalTimes(text: string, time: (atMs: number) => string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (moment) => {
    const atMs = parseIsoTime(moment);
    return atMs === undefined ? moment : time(atMs);
  });
}

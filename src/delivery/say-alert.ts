import type { Alert, Facts, Json } from '../domain/alert.ts';
import { isQuantity, type Quantity } from '../domain/quantity.ts';
import { parseIsoTime } from '../domain/time.ts';
import { quantityLabel } from '../rules/quantity-label.ts';
import { amountText, unitOfFact, withLocalTimes } from './amount.ts';
import { render, type TemplateData, type TemplateValue } from './template.ts';
import type { Said, Wording } from './words.ts';

export type SayOptions = {
  readonly wording: Wording;
  /** Of the alert's rule. */
  readonly type: string;
  /** Name of the building. */
  readonly building: string;
  /** A moment on the local clock. */
  readonly time: (atMs: number) => string;
};

/** Title and detail in the words of a language, made of the alert's facts; as the rule said them where no words fit. */
export function sayAlert(
  alert: Alert,
  { wording, type, building, time }: SayOptions,
): { readonly title: string; readonly detail: string } {
  const candidates = (wording.words.alerts[type] ?? []).filter((said) => fits(said, alert));
  const asSaid = { title: withLocalTimes(alert.title, time), detail: withLocalTimes(alert.detail, time) };
  if (candidates.length === 0) return asSaid;
  const data = dataOf(alert, wording, building, time);
  for (const said of candidates) {
    const [title, detail] = [render(said.title, data), render(said.detail, data)];
    if (title !== undefined && detail !== undefined) return { title: title.trim(), detail: detail.trim() };
  }
  return asSaid;
}

function fits({ state, when }: Said, { state: is, facts }: Alert): boolean {
  return (
    (state === undefined || state === is) &&
    Object.entries(when).every(([name, value]) => facts[name] === value)
  );
}

function dataOf(
  alert: Alert,
  { words, language }: Wording,
  building: string,
  time: (atMs: number) => string,
): TemplateData {
  const { facts, space, device, subject, severity } = alert;
  const quantity = alert.quantity ?? quantityIn(facts);
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 2, useGrouping: false });
  const shown = (value: Json | undefined): TemplateValue => {
    if (typeof value === 'number') return numbers.format(value);
    if (typeof value === 'string') {
      const atMs = parseIsoTime(value);
      return atMs === undefined ? value : time(atMs);
    }
    if (Array.isArray(value))
      return value.map((item) => (isRecord(item) ? allOf(item) : { item: shown(item) }));
    return typeof value === 'boolean' ? value : undefined;
  };
  const allOf = (record: { readonly [name: string]: Json }): TemplateData =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, shown(value)]));
  const label = quantity === undefined ? undefined : quantityLabel(quantity);
  const place = space ?? device ?? '';
  return {
    building,
    subject,
    severity: words.severities[severity],
    place: space === undefined || device === undefined ? place : `${space} (${device})`,
    ...(space === undefined ? {} : { space }),
    ...(device === undefined ? {} : { device }),
    ...(label === undefined ? {} : { unit: label.unit }),
    ...(quantity === undefined
      ? {}
      : { quantityName: words.quantities[quantity] ?? label?.name ?? quantity }),
    ...allOf(facts),
    ...amountsOf(alert, language),
    // A value is not "quantity" but what people call it.
    quantity: quantity === undefined ? '' : (words.quantities[quantity] ?? label?.name ?? quantity),
  };
}

/** Of each number what people read, `valueShown` of `value`: `22.1 kW`; and of a chance its per cent. */
function amountsOf(alert: Alert, language: Wording['language']): TemplateData {
  const entries = Object.entries(alert.facts).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== 'number') return [];
    const shown: [string, string] = [`${name}Shown`, amountText(value, unitOfFact(name, alert), language)];
    return name === 'chance' ? [shown, ['chancePct', String(Math.round(value * 100))]] : [shown];
  });
  return Object.fromEntries(entries);
}

/** Where an alert is not about a point, its facts may say what was measured. */
function quantityIn({ quantity }: Facts): Quantity | undefined {
  return typeof quantity === 'string' && isQuantity(quantity) ? quantity : undefined;
}

function isRecord(value: Json): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { basisOf, evidenceOf, numbersOf } from '../alerts/evidence.ts';
import type { Alert } from '../domain/alert.ts';
import { factLabel } from '../rules/quantity-label.ts';
import { amountText, unitOfFact } from './amount.ts';
import { render } from './template.ts';
import type { Wording } from './words.ts';

/** What an alert rests on, in words; empty where there is nothing to say. */
export type SaidEvidence = {
  /** `value 19.2 °C, hours 6` */
  readonly measured: string;
  readonly expected: string;
  readonly sure: string;
  readonly flapping: string;
};

/** `time`: a moment on the local clock. */
export function sayEvidence(alert: Alert, wording: Wording, time: (atMs: number) => string): SaidEvidence {
  const { measured, expected } = numbersOf(alert);
  const { flapping } = alert;
  return {
    measured: listOf(measured, alert, wording),
    expected: listOf(expected, alert, wording),
    sure: sureOf(alert, wording),
    flapping: flapping
      ? (render(wording.words.flapping ?? [], { times: flapping.times, since: time(flapping.sinceMs) }) ?? '')
      : '',
  };
}

/** What {@link SaidEvidence.sure} says already. */
const IN_SURE = /^(chance|spreads|timesLimit|days|nights)$/;
/** Of use to who looks into it, and no help to who is told. */
const IN_DEPTH = /^(cusum|coverage|hour|airSpreads|spikes)$/;

function listOf(
  numbers: readonly (readonly [name: string, value: number])[],
  alert: Alert,
  { words, language }: Wording,
): string {
  return numbers
    .filter(([name]) => !IN_SURE.test(name) && !IN_DEPTH.test(name))
    .map(([name, value]) => {
      const { stem, name: english } = factLabel(name);
      const said = words.facts[name] ?? words.facts[stem] ?? english;
      return `${said} ${amountText(value, unitOfFact(name, alert), language)}`;
    })
    .join(', ');
}

function sureOf(alert: Alert, { words, language }: Wording): string {
  const basis = basisOf(alert);
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1, useGrouping: false });
  const data = Object.fromEntries(
    Object.entries(basis).map(([name, value]) => [
      name,
      typeof value === 'number' ? numbers.format(value) : value,
    ]),
  );
  const lasted = basis.is === 'held' ? { lasted: amountText(basis.minutes, 'min', language) } : {};
  const said = words.sure[basis.is];
  return (said && render(said, { ...data, ...lasted })?.trim()) ?? evidenceOf(alert).sure.says;
}

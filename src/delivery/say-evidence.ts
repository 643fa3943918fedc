import { basisOf, evidenceOf, numbersOf } from '../alerts/evidence.ts';
import type { Alert } from '../domain/alert.ts';
import { factLabel, quantityLabel } from '../rules/quantity-label.ts';
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
/** Facts whose unit their name does not say: they are in that of the alert. */
const IN_ITS_UNIT = /^(value|usual|limit|before|after|others|difference|lowest|highest)$/;

function listOf(
  numbers: readonly (readonly [name: string, value: number])[],
  { facts, quantity }: Alert,
  { words, language }: Wording,
): string {
  const shown = new Intl.NumberFormat(language, { maximumFractionDigits: 2, useGrouping: false });
  const own =
    typeof facts.unit === 'string' ? facts.unit : quantity === undefined ? '' : quantityLabel(quantity).unit;
  return numbers
    .filter(([name]) => !IN_SURE.test(name))
    .map(([name, value]) => {
      const { stem, name: english, unit } = factLabel(name);
      const said = words.facts[name] ?? words.facts[stem] ?? english;
      return `${said} ${shown.format(value)} ${unit || (IN_ITS_UNIT.test(name) ? own : '')}`.trim();
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
  const said = words.sure[basis.is];
  return (said && render(said, data)?.trim()) ?? evidenceOf(alert).sure.says;
}

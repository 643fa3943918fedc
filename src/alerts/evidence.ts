import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { MINUTE_MS } from '../domain/interval.ts';
import { spanInWords } from '../domain/span-words.ts';

/** What an alert rests on, whatever its rule: from its facts, of which the rules name what they expect in the same words. */
export const evidenceSchema = z.object({
  values: z.record(z.string(), z.number()).describe('what was measured; names end in their units'),
  expected: z.record(z.string(), z.number()).describe('limits, and what is usual'),
  heldMinutes: z.number().describe('how long it had held when it was told'),
  sure: z.object({
    pct: z.number().exactOptional().describe('chance that it becomes true, where the rule says one'),
    says: z.string(),
  }),
});
type Evidence = z.infer<typeof evidenceSchema>;

const EXPECTED =
  /^(min|max|limit|usual|budget|before|longestBefore|others|highestUsual|from|heatUsual|co2Usual|change)(?=$|[A-Z])/;

/** Why it can be believed, as the strongest measure that the rule gives; `days` in a row, where it counts them. */
export type Basis =
  | { readonly is: 'chance'; readonly pct: number }
  | { readonly is: 'spreads' | 'times'; readonly times: number; readonly days?: number }
  | { readonly is: 'longer'; readonly times: number }
  | { readonly is: 'seen'; readonly days: number }
  | { readonly is: 'held'; readonly minutes: number }
  | { readonly is: 'measured' | 'said' };

/** How long it has lasted, and how long it lasts usually or ever did, in the same unit. */
const LASTING = [
  ['silentMinutes', 'usualMinutes'],
  ['flatHours', 'longestBeforeHours'],
] as const;

type Told = Pick<Alert, 'facts' | 'startsAtMs' | 'firedAtMs'>;

export function evidenceOf(alert: Told): Evidence {
  const { measured, expected } = numbersOf(alert);
  const basis = basisOf(alert);
  return {
    values: Object.fromEntries(measured),
    expected: Object.fromEntries(expected),
    heldMinutes: heldMinutes(alert),
    sure: { ...(basis.is === 'chance' ? { pct: basis.pct } : {}), says: inEnglish(basis) },
  };
}

type Numbers = readonly (readonly [name: string, value: number])[];

/** Its facts that are numbers: what was measured, and what would be right or is usual. */
export function numbersOf({ facts }: Pick<Alert, 'facts'>): {
  readonly measured: Numbers;
  readonly expected: Numbers;
} {
  const numbers = Object.entries(facts).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name, value] as const] : [],
  );
  return {
    measured: numbers.filter(([name]) => !EXPECTED.test(name)),
    expected: numbers.filter(([name]) => EXPECTED.test(name)),
  };
}

export function basisOf(alert: Told): Basis {
  const facts = new Map([...numbersOf(alert).measured, ...numbersOf(alert).expected]);
  const [chance, spreads, times] = ['chance', 'spreads', 'timesLimit'].map((name) => facts.get(name));
  const days = facts.get('days') ?? facts.get('nights');
  const seen = days === undefined ? {} : { days };
  const minutes = heldMinutes(alert);
  if (chance !== undefined) return { is: 'chance', pct: Math.round(chance * 100) };
  if (spreads !== undefined && spreads !== 0) return { is: 'spreads', times: Math.abs(spreads), ...seen };
  if (times !== undefined) return { is: 'times', times, ...seen };
  if (days !== undefined) return { is: 'seen', days };
  for (const [lasted, usually] of LASTING) {
    const [long, usual = 0] = [facts.get(lasted), facts.get(usually)];
    if (long !== undefined && usual > 0) return { is: 'longer', times: Math.round((long / usual) * 10) / 10 };
  }
  if (minutes > 0) return { is: 'held', minutes };
  return { is: facts.size > 0 ? 'measured' : 'said' };
}

function inEnglish(basis: Basis): string {
  const on = (days: number | undefined) =>
    days === undefined ? '' : `, on ${days === 1 ? 'one day' : `${days} days in a row`}`;
  switch (basis.is) {
    case 'chance':
      return `a chance of ${basis.pct} % by what has been seen so far`;
    case 'spreads':
      return `${basis.times} times as far from the usual as days commonly are${on(basis.days)}`;
    case 'times':
      return `${basis.times} times as far from the usual as its limit${on(basis.days)}`;
    case 'longer':
      return `${basis.times} times as long as it usually is`;
    case 'seen':
      return `seen${on(basis.days).slice(1)}`;
    case 'held':
      return `measured, and held for ${spanInWords(basis.minutes)}`;
    case 'measured':
      return 'as measured';
    case 'said':
      return 'as the device, or kvarter of itself, says';
  }
}

function heldMinutes({ startsAtMs, firedAtMs = startsAtMs }: Told): number {
  return Math.round((firedAtMs - startsAtMs) / MINUTE_MS);
}

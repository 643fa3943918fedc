import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { MINUTE_MS } from '../domain/interval.ts';

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

const EXPECTED = /^(min|max|limit|usual|budget|before|longestBefore|others|highestUsual|from)(?=$|[A-Z])/;

export function evidenceOf({ facts, startsAtMs, firedAtMs = startsAtMs }: Alert): Evidence {
  const numbers = Object.entries(facts).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name, value] as const] : [],
  );
  const heldMinutes = Math.round((firedAtMs - startsAtMs) / MINUTE_MS);
  return {
    values: Object.fromEntries(numbers.filter(([name]) => !EXPECTED.test(name))),
    expected: Object.fromEntries(numbers.filter(([name]) => EXPECTED.test(name))),
    heldMinutes,
    sure: sureOf(new Map(numbers), heldMinutes),
  };
}

/** In the words of the strongest measure that the rule gives. */
function sureOf(facts: ReadonlyMap<string, number>, heldMinutes: number): Evidence['sure'] {
  const [chance, spreads, times] = ['chance', 'spreads', 'timesLimit'].map((name) => facts.get(name));
  const seen = facts.get('days') ?? facts.get('nights');
  if (chance !== undefined) {
    const pct = Math.round(chance * 100);
    return { pct, says: `a chance of ${pct} % by what has been seen so far` };
  }
  const on = seen === undefined ? '' : `, on ${seen} day${seen === 1 ? '' : 's'} in a row`;
  if (spreads !== undefined && spreads !== 0) {
    return { says: `${Math.abs(spreads)} times as far from the usual as days commonly are${on}` };
  }
  if (times !== undefined) return { says: `${times} times as far from the usual as its limit${on}` };
  if (seen !== undefined) return { says: `seen${on.slice(1)}` };
  return {
    says:
      heldMinutes > 0 ? `measured, and held for ${heldMinutes} minutes` : 'measured, or said by the device',
  };
}

import { expect, test } from 'vitest';
import { zoneOf } from '../../../../src/domain/zone.ts';
import type { PartOfStep } from '../../../../src/energy/storage/part-search.ts';
import { actWithinHours } from '../../../../src/energy/storage/within-hours.ts';

const QUARTER_MS = 15 * 60_000;
const fromMs = Date.parse('2026-03-02T10:00:00+01:00');

/** A planner that writes down what it is told and asked; a kWh costs as many crowns as quarters are over since 10 o'clock. */
function acting() {
  const told: (readonly number[])[] = [];
  const parts: (PartOfStep | undefined)[] = [];
  const priceAt = (atMs: number) => ({ buy: (atMs - fromMs) / QUARTER_MS, sell: 0 });
  const policy = actWithinHours(
    {
      note: (atMs, netKw, gridKw) => told.push([(atMs - fromMs) / QUARTER_MS, netKw, gridKw]),
      powerFor: (atMs, _, netKw, part) => {
        parts.push(part);
        return (atMs - fromMs) / QUARTER_MS + netKw;
      },
    },
    {
      stepMs: QUARTER_MS,
      zone: zoneOf('Europe/Stockholm'),
      prices: { at: priceAt, expected: priceAt, nextToldMs: () => undefined },
    },
  );
  const end = (quarter: number, netKw: number, gridKw: number) =>
    policy.end(fromMs + quarter * QUARTER_MS, netKw, gridKw);
  return { policy, end, told, parts };
}

test('the planner is told of each hour when it is over, by the mean of what is known of it', () => {
  const { end, told, policy } = acting();
  end(2, 4, 2);
  end(3, 8, -2);
  for (const q of [4, 5, 6]) end(q, q, q - 4);
  expect(told).toEqual([[0, 6, 1]]);
  end(7, Number.NaN, Number.NaN);
  for (const q of [8, 9, 10, 11]) end(q, Number.NaN, Number.NaN);
  for (const q of [12, 13, 14, 15]) policy.learn(fromMs + q * QUARTER_MS, 3);
  expect(told).toEqual([
    [0, 6, 1],
    [4, 5, 1],
    [8, Number.NaN, Number.NaN],
    [12, 3, 3],
  ]);
});

test('it is asked for a part of the hour, with what the parts before took, and the prices of this one and the rest', () => {
  const { policy, end, parts } = acting();
  end(0, 4, 2);
  end(1, 4, Number.NaN);
  expect(policy.powerFor(fromMs + 2 * QUARTER_MS, 0, 7)).toBe(7);
  end(2, 7, 7);
  policy.powerFor(fromMs + 3 * QUARTER_MS, 0, 7);
  const likely = [{ kw: [7], meanKw: 7, weight: 1 }];
  expect(parts).toEqual([
    {
      share: 0.25,
      knownShare: 0.25,
      importedKw: 0.5,
      buy: 2,
      sell: 0,
      later: { share: 0.25, buy: 3, sell: 0, likely },
    },
    { share: 0.25, knownShare: 0.5, importedKw: 2.25, buy: 3, sell: 0, later: undefined },
  ]);
});

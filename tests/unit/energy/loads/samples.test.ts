import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  forgetBefore,
  insertSample,
  powerEnergy,
  registerEnergy,
} from '../../../../src/energy/loads/samples.ts';

const MINUTE = 60_000;

it('forgets nothing that is asked of the time since, whatever came when', () => {
  const sample = fc.record({
    at: fc.integer({ min: 0, max: 600 }),
    value: fc.integer({ min: 0, max: 5000 }),
  });
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 200 }),
      fc.integer({ min: 1, max: 200 }),
      (all, keptMinutes) => {
        const [whole, kept] = [
          { atMs: [], values: [] },
          { atMs: [], values: [] },
        ];
        let newestMs = 0;
        for (const { at, value } of all) {
          if (at * MINUTE < newestMs - keptMinutes * MINUTE) continue;
          newestMs = Math.max(newestMs, at * MINUTE);
          insertSample(whole, at * MINUTE, value);
          insertSample(kept, at * MINUTE, value);
          forgetBefore(kept, newestMs - keptMinutes * MINUTE);
        }
        const [fromMs, toMs] = [newestMs - keptMinutes * MINUTE, newestMs];
        expect(powerEnergy(kept, fromMs, toMs, 15 * MINUTE)).toEqual(
          powerEnergy(whole, fromMs, toMs, 15 * MINUTE),
        );
        expect(registerEnergy(kept, fromMs, toMs, 60 * MINUTE)).toEqual(
          registerEnergy(whole, fromMs, toMs, 60 * MINUTE),
        );
      },
    ),
  );
});

it.each<[what: string, before: number, after: number, usedWh: number | undefined]>([
  ['a rise', 95, 103, 8],
  ['a roll-over, from the last tenth below a power of ten into the first', 95, 3, 8],
  ['a roll-over at the edges of both', 90, 10, 20],
  ['a fall from below the last tenth', 89, 3, undefined],
  ['a fall to above the first tenth', 95, 11, undefined],
  ['a rise that no building causes', 0, 1e12, undefined],
])('a register tells of %s (%f to %f Wh in a quarter-hour) %f Wh', (_, before, after, usedWh) => {
  const fromMs = Date.parse('2026-01-15T07:00Z');
  const samples = { atMs: [fromMs, fromMs + 15 * MINUTE], values: [before, after] };
  const { energyWh, knownMs } = registerEnergy(samples, fromMs, fromMs + 15 * MINUTE, 60 * MINUTE);
  expect(knownMs > 0 ? energyWh : undefined).toBe(usedWh);
});

it.each<[what: string, values: readonly number[], usedWh: number]>([
  ['a leap that comes back', [100, 110, 5_000, 130, 140, 150], 50],
  ['one reading of another meter', [100, 110, 3, 130, 140, 150], 50],
  ['0 in place of nothing', [100, 110, 0, 130, 140, 150], 50],
  ['a leap that stays', [100, 110, 1_000, 1_010, 1_020, 1_030], 930],
])('what a register used is known in spite of %s', (_, values, usedWh) => {
  const atMs = values.map((__, i) => i * 15 * MINUTE);
  const asked = [0, 75 * MINUTE] as const;
  expect(registerEnergy({ atMs, values }, ...asked, 60 * MINUTE)).toMatchObject({
    energyWh: usedWh,
    knownMs: 75 * MINUTE,
  });
});

it('a register that goes to and fro tells of nothing', () => {
  const values = Array.from({ length: 12 }, (_, i) => 1000 + i * 10 - (i % 2) * 500);
  const atMs = values.map((_, i) => i * 15 * MINUTE);
  expect(registerEnergy({ atMs, values }, 45 * MINUTE, 120 * MINUTE, 60 * MINUTE).knownMs).toBe(0);
});

it('keeps no more than a few beside those that count', () => {
  const samples = { atMs: [] as number[], values: [] as number[] };
  for (let minute = 0; minute < 5000; minute += 1) {
    insertSample(samples, minute * MINUTE, minute);
    forgetBefore(samples, (minute - 180) * MINUTE);
  }
  expect(samples.atMs.length).toBeLessThan(180 + 34);
  expect(samples.values).toEqual(samples.atMs.map((at) => at / MINUTE));
});

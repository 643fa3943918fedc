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

it('keeps no more than a few beside those that count', () => {
  const samples = { atMs: [] as number[], values: [] as number[] };
  for (let minute = 0; minute < 5000; minute += 1) {
    insertSample(samples, minute * MINUTE, minute);
    forgetBefore(samples, (minute - 180) * MINUTE);
  }
  expect(samples.atMs.length).toBeLessThan(180 + 34);
  expect(samples.values).toEqual(samples.atMs.map((at) => at / MINUTE));
});

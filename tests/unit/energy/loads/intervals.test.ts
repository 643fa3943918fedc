import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HOUR_MS, QUARTER_MS } from '../../../../src/domain/interval.ts';
import { quarterInterval } from '../../../../src/energy/loads/intervals.ts';
import { powerEnergy, registerEnergy, type Samples } from '../../../../src/energy/loads/samples.ts';

const MINUTE = 60_000;
const holds = { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE };
const meter = { device: 'm', carrier: 'electricity' as const };
const none: Samples = { atMs: [], values: [] };
const at = (...pairs: readonly [minute: number, value: number][]): Samples => ({
  atMs: pairs.map(([minute]) => minute * MINUTE),
  values: pairs.map(([, value]) => value),
});

describe('energy of a quarter-hour', () => {
  const cases: [says: string, power: Samples, register: Samples, energyWh: number, coverage: number][] = [
    ['a steady kilowatt', at([0, 1000], [10, 1000]), none, 250, 1],
    ['a sample from before holds into it', at([-5, 600], [5, 1200]), none, 250, 1],
    ['a sample holds for fifteen minutes, then nothing is known', at([-10, 1200]), none, 100, 1 / 3],
    ['nothing before the first sample is known', at([5, 1200]), none, 200, 2 / 3],
    ['the register is read linearly at the boundaries', none, at([-15, 0], [30, 900]), 300, 1],
    ['a register that was read too seldom tells nothing of it', none, at([-100, 0], [100, 900]), 0, 0],
    ['a reset tells nothing', none, at([0, 5000], [5, 0], [15, 100]), 100, 2 / 3],
    ['a roll-over goes on', none, at([0, 999_900], [15, 100]), 200, 1],
    [
      'an exchanged meter tells nothing of the jump',
      none,
      at([0, 100], [5, 9e11], [15, 9e11 + 50]),
      50,
      2 / 3,
    ],
    ['a register wins over power', at([0, 1000]), at([0, 0], [15, 240]), 240, 1],
    ['where the register has not come yet, power goes on', at([0, 1200]), at([0, 0], [10, 160]), 260, 1],
    ['power that covers more wins over a register with a gap', at([0, 1000]), at([5, 0], [10, 160]), 250, 1],
    [
      'power knows when an hourly register was used',
      at([0, 400], [15, 1600]),
      at([0, 0], [60, 1000]),
      100,
      1,
    ],
    ['feeding in counts against', at([0, -1000]), none, -250, 1],
  ];
  test.each(cases)('%s', (_, power, register, energyWh, coverage) => {
    const interval = quarterInterval(meter, { power, register }, 0, holds);
    expect(interval.energyWh).toBeCloseTo(energyWh, 6);
    expect(interval.coverage).toBeCloseTo(coverage, 6);
  });
});

describe('the algebra of energy', () => {
  const samples = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 9000 })), {
      selector: ([minute]) => minute,
      maxLength: 30,
    })
    .map((pairs) => at(...pairs.toSorted(([a], [b]) => a - b)));
  const split = fc.integer({ min: 1, max: 239 }).map((minute) => minute * MINUTE);

  it('adds up over any split, for power and for a register', () => {
    fc.assert(
      fc.property(samples, split, (points, middle) => {
        for (const energy of [
          (from: number, to: number) => powerEnergy(points, from, to, holds.powerHoldMs),
          (from: number, to: number) => registerEnergy(points, from, to, holds.registerGapMs),
        ]) {
          const [whole, left, right] = [
            energy(0, 4 * HOUR_MS),
            energy(0, middle),
            energy(middle, 4 * HOUR_MS),
          ];
          expect(left.energyWh + right.energyWh).toBeCloseTo(whole.energyWh, 6);
          expect(left.knownMs + right.knownMs).toBe(whole.knownMs);
        }
      }),
    );
  });

  it('of a growing register is its difference, whatever lies between', () => {
    const growing = fc
      .array(fc.integer({ min: 0, max: 500 }), { minLength: 16, maxLength: 16 })
      .map((steps) => {
        const sums = [0];
        for (const step of steps) sums.push((sums.at(-1) ?? 0) + step);
        return at(...sums.map((sum, i): [number, number] => [i * 15, sum]));
      });
    fc.assert(
      fc.property(growing, (register) => {
        const quarters = Array.from({ length: 16 }, (_, i) =>
          quarterInterval(meter, { power: none, register }, i * QUARTER_MS, holds),
        );
        const sum = quarters.reduce((total, quarter) => total + quarter.energyWh, 0);
        expect(sum).toBeCloseTo(register.values.at(-1) ?? 0, 6);
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smoothShares } from '../../../../src/energy/bills/smooth-steps.ts';

it('spreads an interval’s energy over its steps, all of it and never less than nothing', () => {
  const energy = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(energy, energy, energy, fc.integer({ min: 1, max: 60 }), (before, middle, after, steps) => {
      const shares = smoothShares({ before, energy: middle, after }, steps);
      expect(shares).toHaveLength(steps);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    }),
  );
});

it.each([
  // The cumulated energy has the harmonic mean of both as its slope where two intervals meet: 4/3 and 8/3.
  [{ before: 1, energy: 2, after: 4 }, [0.416667, 0.583333]],
  [{ before: 0, energy: 2, after: 2 }, [0.375, 0.625]],
  [{ energy: 2, after: 0 }, [0.625, 0.375]],
  [{ energy: 2 }, [0.5, 0.5]],
  [{ before: 3, energy: 0, after: 3 }, [0.5, 0.5]],
])('of %j halves are %j', (energies, halves) => {
  expect(smoothShares(energies, 2)).toEqual(halves.map((share) => expect.closeTo(share, 6)));
});

it('rises where the load rises', () => {
  const shares = smoothShares({ before: 1, energy: 2, after: 4 }, 12);
  expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
});

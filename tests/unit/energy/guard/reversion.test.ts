import { expect, it } from 'vitest';
import {
  aboveUsual,
  learnReversion,
  newReversion,
  type Reversion,
  withReversion,
} from '../../../../src/energy/guard/reversion.ts';

const KEY = 17;
const LEFT = 0.5;

/** Hours of 40 kW: each third one begins with half an hour of 80 kW, of which so much stays in the other half. */
function learnt(share: number, hours = 900): Reversion {
  const reversion = newReversion();
  for (let i = 0; i < hours; i += 1) {
    const firstKw = i % 3 === 0 ? 80 : 40;
    const restKw = 40 + share * (firstKw - 40);
    const aboveKw = aboveUsual(reversion, KEY, firstKw);
    const heading = withReversion(reversion, { aboveKw, leftShare: LEFT, pacedKw: firstKw });
    learnReversion(reversion, {
      key: KEY,
      actualKw: (firstKw + restKw) / 2,
      headingKw: [0, 0, heading, 0],
      aboveKw: [0, 0, aboveKw, 0],
      leftShare: [0, 0, LEFT, 0],
    });
  }
  return reversion;
}

/** What an hour that began with 80 kW is expected to come to. */
function expectedKw(reversion: Reversion, key: number | undefined = KEY): number {
  return withReversion(reversion, {
    aboveKw: aboveUsual(reversion, key, 80),
    leftShare: LEFT,
    pacedKw: 80,
  });
}

it('an oven that goes off again is expected to, a load that stays is not', () => {
  // 80 kW and then 40 are 60 in the mean.
  expect(expectedKw(learnt(0))).toBeGreaterThan(58);
  expect(expectedKw(learnt(0))).toBeLessThan(66);
  expect(expectedKw(learnt(1))).toBeGreaterThan(79);
});

it('says nothing of a time of day that was never seen, nor of windows that are days', () => {
  expect(expectedKw(newReversion())).toBe(80);
  expect(expectedKw(learnt(0), 18)).toBe(80);
  expect(aboveUsual(learnt(0), undefined, 80)).toBe(0);
});

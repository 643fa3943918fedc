import { expect, it } from 'vitest';
import { saturationGPerM3, warmedPct } from '../../../src/comfort/moist-air.ts';

it.each([
  [-10, 2.36],
  [0, 4.85],
  [20, 17.3],
])('air of %d °C holds %d g/m³ of water at most', (airC, grams) => {
  expect(saturationGPerM3(airC)).toBeCloseTo(grams, 0);
});

it('frosty air is dry once it is warm', () => {
  expect(warmedPct({ airC: -10, humidityPct: 80 }, 21)).toBeCloseTo(10.2, 0);
  expect(warmedPct({ airC: 21, humidityPct: 50 }, 21)).toBeCloseTo(50);
});

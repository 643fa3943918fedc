import { expect, it } from 'vitest';
import { planOf } from '../../../simulators/plan.ts';
import { scenarioSchema } from '../../../simulators/scenario.ts';
import { exampleRegister } from './example.ts';

const planned = (kind: string, seed = 1) =>
  planOf(
    scenarioSchema.parse({
      ...{ title: 'A year', start: '2026-01-01', days: 365, buildings: 5, seed },
      random: { kinds: [kind], perBuildingYear: 6 },
    }),
    exampleRegister(),
  ).plan.faults;

it('random wrong ratios are of all the sizes that are mixed up, the same for the same seed, and other faults of one', () => {
  const sizes = planned('wrong-ct-ratio').map(({ size }) => size);
  expect(sizes.length).toBeGreaterThan(20);
  expect(new Set(sizes)).toEqual(new Set([1000, 10, 4, 2, 3 / 2, 2 / 3, 1 / 2, 1 / 3, 1 / 10]));
  expect(planned('wrong-ct-ratio').map(({ size }) => size)).toEqual(sizes);
  expect(new Set(planned('reversed-ct').map(({ size }) => size))).toEqual(new Set([2]));
});

import { describe, expect, it } from 'vitest';
import {
  covers,
  placesOf,
  quantityName,
  type Scope,
  scopeSchema,
  specificity,
  subjectOf,
} from '../../../src/rules/scope.ts';
import { registerOf } from '../../support/readings.ts';

const register = registerOf(
  [{ id: 'b1', spaces: [{ id: 'F1', kind: 'flat' }] }, { id: 'b2' }],
  [
    { id: 'd1', model: 'kvarter', building: 'b1', space: 'F1', role: 'room' },
    { id: 'd2', model: 'kvarter', building: 'b1', channel: 'a', role: 'electricityMain' },
    { id: 'd2', model: 'kvarter', building: 'b1', channel: 'b', role: 'submeter' },
  ],
);

describe('a scope', () => {
  const subject = {
    organisation: 'o',
    area: 'a',
    building: 'b1',
    space: 'F1',
    role: 'room',
    quantity: 'co2Ppm',
  } as const;
  it.each<[scope: Scope, is: boolean]>([
    [{}, true],
    [{ building: ['b1'] }, true],
    [{ building: ['b2', 'b1'], role: ['room'] }, true],
    [{ building: ['b1'], quantity: ['airTemperatureC'] }, false],
    [{ device: ['d1'] }, false],
  ])('%j covers a point of a flat: %s', (scope, is) => {
    expect(covers(scope, subject)).toBe(is);
  });

  it('is the more specific the finer its place is, then by role, then by quantity', () => {
    const ascending: Scope[] = [
      {},
      { quantity: ['co2Ppm'] },
      { role: ['room'] },
      { role: ['room'], quantity: ['co2Ppm'] },
      { organisation: ['o'] },
      { organisation: ['o'], role: ['room'], quantity: ['co2Ppm'] },
      { area: ['a'] },
      { area: ['a'], building: ['b1'] },
      { space: ['F1'] },
      { space: ['F1'], quantity: ['co2Ppm'] },
      { device: ['d1'] },
    ];
    const ranks = ascending.map(specificity);
    expect(ranks).toEqual([...new Set(ranks)].toSorted((a, b) => a - b));
  });

  it('names one or several of each, and at least one', () => {
    expect(scopeSchema.parse({ building: 'b1', area: ['a', 'z'] })).toEqual({
      building: ['b1'],
      area: ['a', 'z'],
    });
    for (const scope of [{ building: [] }, { building: '' }, { house: 'b1' }])
      expect(scopeSchema.safeParse(scope).success).toBe(false);
  });

  it.each([
    ['airTemperature', 'is it airTemperatureC?'],
    [
      'temperature',
      'is it supplyTemperatureC, returnTemperatureC, hotWaterTemperatureC, probeTemperatureC, airTemperatureC, outdoorTemperatureC?',
    ],
    ['co2', 'is it co2Ppm?'],
    ['leakingNow', 'is it leaking?'],
    ['nothing', 'see the table of quantities in README.md'],
  ])('of the quantity %s, which there is not, says which is meant: %s', (name, says) => {
    expect(quantityName.safeParse(name).error?.issues[0]?.message).toBe(
      `${name} is none of the quantities that kvarter measures: ${says}`,
    );
    expect(quantityName.safeParse(7).error?.issues[0]?.message).toMatch(/must be the name of a quantity/);
  });
});

describe('a place by the register', () => {
  const place = { organisation: 'o', area: 'a', building: 'b1' };
  it('is that of a building, of an area as one, or of a device with its flat and role', () => {
    expect(subjectOf(register, 'b1')).toEqual(place);
    expect(subjectOf(register, 'area:z')).toEqual({ organisation: 'o', area: 'z', building: 'area:z' });
    expect(subjectOf(register, 'b9')).toEqual({ organisation: 'o', area: '', building: 'b9' });
    expect(subjectOf(register, 'b1', 'd1')).toEqual({ ...place, device: 'd1', space: 'F1', role: 'room' });
    expect(subjectOf(register, 'b1', 'd2', 'b')).toEqual({ ...place, device: 'd2', role: 'submeter' });
    expect(subjectOf(register, 'b1', 'd9')).toEqual({ ...place, device: 'd9' });
  });

  it('is felt in the buildings that an alert’s facts name, too', () => {
    const about = { building: 'b1', space: 'F1', quantity: 'co2Ppm' } as const;
    expect(placesOf(register, { ...about, facts: { buildings: ['b2', 7] } })).toEqual([
      { ...place, space: 'F1', quantity: 'co2Ppm' },
      { ...place, building: 'b2' },
    ]);
    expect(placesOf(register, { facts: { buildings: 'b2' } })).toEqual([
      { organisation: 'o', area: '', building: '' },
    ]);
  });
});

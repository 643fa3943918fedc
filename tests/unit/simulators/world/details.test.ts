import { describe, expect, it } from 'vitest';
import { inventedRegisterFiles } from '../../../../simulators/invented-register.ts';
import { detailsOf } from '../../../../simulators/world/details.ts';
import { exampleRegister, registerOf } from '../example.ts';

const { places, devices } = inventedRegisterFiles({ buildings: 200 });
const invented = registerOf({ file: 'places.yaml', text: places }, { file: 'devices.csv', text: devices });
const all = (seed: number) =>
  [...invented.buildings.values()].map((building) => detailsOf(building, invented, seed));

describe('what a building is', () => {
  it('is invented from the seed and its id, and from nothing else', () => {
    expect(all(1)).toEqual(all(1));
    expect(all(2)).not.toEqual(all(1));
    const [first] = invented.buildings.values();
    if (!first) throw new Error('no building');
    const alone = { ...invented, buildings: new Map([[first.id, first]]) };
    expect(detailsOf(first, alone, 1)).toEqual(all(1)[0]);
  });

  it('is a block mostly, of any age, and now and then a school or a care home', () => {
    const kinds = Map.groupBy(all(1), ({ kind }) => kind);
    expect(kinds.get('multi-family')?.length).toBeGreaterThan(150);
    expect(kinds.get('school')?.length).toBeGreaterThan(5);
    expect(kinds.get('care-home')?.length).toBeGreaterThan(5);
    const years = all(1).map(({ yearBuilt }) => yearBuilt);
    expect(Math.min(...years)).toBeGreaterThanOrEqual(1950);
    expect(Math.max(...years)).toBeLessThanOrEqual(2020);
    const million = years.filter((year) => year > 1960 && year < 1976).length / years.length;
    expect(million).toBeGreaterThan(0.25);
    expect(new Set(all(1).map(({ ventilation }) => ventilation)).size).toBe(3);
    expect(all(1).filter(({ pvKwp }) => pvKwp > 0).length).toBeGreaterThan(10);
  });

  it('is what the register says of it: floor, loads, kinds of rooms', () => {
    const register = exampleRegister();
    const of = (id: string) => {
      const building = register.buildings.get(id);
      if (!building) throw new Error(id);
      return detailsOf(building, register, 1);
    };
    expect(of('b8')).toMatchObject({ kind: 'care-home', areaM2: 6100, heating: 'district-and-heat-pump' });
    expect(of('b12').kind).toBe('school');
    expect(of('b4')).toMatchObject({ kind: 'multi-family', evChargers: 8 });
    expect(of('b2').containers.map(({ id }) => id)).toEqual(['02005e1002020001', '02005e1002020002']);
  });

  it('is what it is said to be', () => {
    const [building] = invented.buildings.values();
    if (!building) throw new Error('no building');
    const said = detailsOf(building, invented, 1, { yearBuilt: 1999, pvKwp: 40, ventilation: 'balanced' });
    expect(said).toMatchObject({ yearBuilt: 1999, pvKwp: 40, pvInverterKw: 34, ventilation: 'balanced' });
  });
});

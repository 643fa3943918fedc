import { describe, expect, it } from 'vitest';
import type { BuildingDetails } from '../../../../simulators/world/details.ts';
import { at, DAY_MS, mean, series, worldOf } from './one-building.ts';

const NEW_YEAR_MS = Date.parse('2026-01-01T00:00:00+01:00');
const SEED = 3;

/** What a year of a building of 3,000 m² costs, kWh. */
function year(details: Partial<BuildingDetails>, spaces = 'flat') {
  const world = worldOf({ details, spaces, startMs: NEW_YEAR_MS, seed: SEED });
  const asked = {
    heat: [at.heat, 'heatEnergyWh'],
    space: [at.sub('radiators'), 'heatEnergyWh'],
    electricity: [at.electricity, 'activeEnergyWh'],
    household: [at.sub('household'), 'activeEnergyWh'],
    water: [at.water, 'waterVolumeL'],
    room: [at.one, 'airTemperatureC'],
    pump: [at.sub('heat-pump'), 'activeEnergyWh'],
  } as const;
  const found = series(world, asked, { toMs: NEW_YEAR_MS + 365 * DAY_MS, everyMs: DAY_MS / 2 });
  const used = (values: readonly number[]) => ((values.at(-1) ?? 0) - (values[0] ?? 0)) / 1000;
  const of = world.details.get('b');
  if (!of) throw new Error('no building');
  return {
    heat: used(found.heat) / of.areaM2,
    space: used(found.space) / of.areaM2,
    household: used(found.household) / Math.max(of.flats, 1),
    electricity: used(found.electricity) / of.areaM2,
    litres: (used(found.water) * 1000) / of.persons / 365,
    room: found.room,
    cop: used(found.heat) / used(found.pump),
  };
}

/**
 * Bands of published Swedish figures. Heat: energy statistics for multi-dwelling buildings (Energimyndigheten), about 130
 * to 150 kWh/m² in the older stock and half of that in what is new. Households: 2,000 to 2,500 kWh per flat.
 */
describe('a simulated year', () => {
  it.each([
    ['1955', { yearBuilt: 1955 }, [118, 158]],
    ['1968', { yearBuilt: 1968 }, [118, 158]],
    ['1985', { yearBuilt: 1985 }, [92, 132]],
    ['2015', { yearBuilt: 2015 }, [48, 82]],
  ] as const)('of a block of %s heats as its neighbours do', (_when, details, [least, most]) => {
    const { heat, household, litres, room, electricity } = year(details);
    expect(heat).toBeGreaterThan(least);
    expect(heat).toBeLessThan(most);
    expect(household).toBeGreaterThan(1700);
    expect(household).toBeLessThan(2700);
    expect(electricity).toBeGreaterThan(30);
    expect(electricity).toBeLessThan(60);
    expect(litres).toBeGreaterThan(75);
    expect(litres).toBeLessThan(150);
    expect(Math.min(...room)).toBeGreaterThan(19);
    expect(Math.max(...room)).toBeLessThan(28.5);
    expect(mean(room)).toBeCloseTo(22.3, -0.3);
  });

  it('of a school and a care home is theirs', () => {
    const school = year({ kind: 'school', yearBuilt: 1970 }, 'classroom');
    expect(school.heat).toBeGreaterThan(75);
    expect(school.heat).toBeLessThan(140);
    const home = year({ kind: 'care-home', yearBuilt: 1990 }, 'room');
    expect(home.heat).toBeGreaterThan(60);
    expect(home.electricity).toBeGreaterThan(45);
  });

  it('of a heat pump gives three times what it draws', () => {
    const { cop } = year({ heating: 'heat-pump', yearBuilt: 1968 });
    expect(cop).toBeGreaterThan(2.6);
    expect(cop).toBeLessThan(3.8);
  });
});

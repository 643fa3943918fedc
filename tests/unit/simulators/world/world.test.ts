import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorld, type Place, type World } from '../../../../simulators/world/world.ts';
import { type Quantity, quantities } from '../../../../src/domain/quantity.ts';
import { roles } from '../../../../src/domain/reading.ts';
import type { Register } from '../../../../src/domain/register.ts';
import { exampleRegister } from '../example.ts';
import { at, DAY_MS, fault, HOUR_MS, load, MONDAY_MS, worldOf } from './one-building.ts';

const register = exampleRegister();
const names = Object.keys(quantities) as Quantity[];

/** Everything that a world says at a moment. */
function everything(world: World, of: Register = register): string {
  const places: Place[] = [...of.devices.values()]
    .flat()
    .flatMap(({ id, building, role, space }) =>
      role === undefined ? [] : [{ building, role, device: id, ...(space === undefined ? {} : { space }) }],
    );
  const said = places.map((place) => names.map((name) => world.read(place, name)));
  return JSON.stringify([world.atMs, said, world.truth()]);
}

const day = (given: Partial<Parameters<typeof createWorld>[0]> = {}) => {
  const world = createWorld({ register, startMs: MONDAY_MS, seed: 1, ...given });
  world.advance(MONDAY_MS + DAY_MS);
  return everything(world);
};

describe('a world', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(day()).toBe(day());
    expect(day({ seed: 2 })).not.toBe(day());
  });

  it('is the same however its time is cut, commands between included', () => {
    const run = (cuts: readonly number[]) => {
      const world = worldOf({ loads: [load('ev', 22), load('hp', 15)], faults: [fault('water-leak')] });
      for (const cut of [...cuts, 20 * HOUR_MS].toSorted((a, b) => a - b)) world.advance(MONDAY_MS + cut);
      world.command({ building: 'b', load: 'ev', off: true, untilMs: MONDAY_MS + 22 * HOUR_MS });
      world.advance(MONDAY_MS + 25 * HOUR_MS + 1);
      return names.map((name) => [at.electricity, at.heat, at.one].map((place) => world.read(place, name)));
    };
    const whole = run([]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 * HOUR_MS }), { maxLength: 8 }), (cuts) => {
        expect(run(cuts)).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('lets a building be the same whoever its neighbours are', () => {
    const few = { ...register, buildings: new Map([...register.buildings].filter(([id]) => id === 'b5')) };
    const look = (of: Register) => {
      const world = createWorld({ register: of, startMs: MONDAY_MS, seed: 1 });
      world.advance(MONDAY_MS + 7 * HOUR_MS);
      return names.map((name) => world.read({ building: 'b5', role: 'electricityMain' }, name));
    };
    expect(look(few)).toEqual(look(register));
  });

  it('does not go back', () => {
    const world = worldOf();
    world.advance(MONDAY_MS + 10);
    expect(() => world.advance(MONDAY_MS)).toThrow(RangeError);
  });

  it('says possible values only, and nothing where there is nothing', () => {
    const world = createWorld({ register, startMs: MONDAY_MS, seed: 3 });
    world.advance(MONDAY_MS + 17 * HOUR_MS);
    let said = 0;
    for (const building of register.buildings.values()) {
      const spaces = [
        'pv',
        'ev',
        'radiators',
        'circulation',
        'hot-water',
        ...building.spaces.map(({ id }) => id),
      ];
      const containers = world.details.get(building.id)?.containers ?? [];
      const places: Place[] = roles.flatMap((role) => [
        ...spaces.map((space) => ({ building: building.id, role, space })),
        ...containers.map(({ id }) => ({ building: building.id, role, container: id })),
      ]);
      for (const place of places) {
        for (const name of names) {
          const value = world.read(place, name);
          if (value === undefined) continue;
          said += 1;
          // More than full is what happens to containers; a sensor shows at most full.
          const most = name === 'fillLevelPct' ? 160 : quantities[name].max;
          expect(value, `${JSON.stringify(place)} ${name}`).toBeGreaterThanOrEqual(quantities[name].min);
          expect(value, `${JSON.stringify(place)} ${name}`).toBeLessThanOrEqual(most);
        }
      }
    }
    expect(said).toBeGreaterThan(1000);
    expect(world.read({ building: 'nowhere', role: 'room' }, 'airTemperatureC')).toBeUndefined();
    expect(world.read(at.one, 'activePowerW')).toBeUndefined();
  });

  it('lets every register agree with its power, within steps too', () => {
    const world = worldOf({ loads: [load('ev', 22)], details: { pvKwp: 20 } });
    const pairs: readonly (readonly [Place, Quantity, Quantity, string?])[] = [
      [at.electricity, 'activePowerW', 'activeEnergyWh'],
      [at.heat, 'heatPowerW', 'heatEnergyWh'],
      [at.heat, 'flowLph', 'heatVolumeL'],
      [at.water, 'flowLph', 'waterVolumeL'],
      [at.water, 'flowLph', 'waterVolumeL', 'hot'],
      [at.sub('pv'), 'activePowerW', 'activeEnergyWh'],
      [at.sub('ev'), 'activePowerW', 'activeEnergyWh'],
    ];
    const sums = pairs.map(() => 0);
    const count = ([place, , register, channel]: (typeof pairs)[number]) =>
      world.read(place, register, channel) ?? 0;
    const before = pairs.map(count);
    let last = before;
    const everyMs = 20_000;
    for (let atMs = MONDAY_MS; atMs < MONDAY_MS + 26 * HOUR_MS; atMs += everyMs) {
      world.advance(atMs + everyMs);
      const now = pairs.map(count);
      for (const [i, [place, power, , channel]] of pairs.entries()) {
        sums[i] = (sums[i] ?? 0) + ((world.read(place, power, channel) ?? 0) * everyMs) / HOUR_MS;
        expect(now[i]).toBeGreaterThanOrEqual((last[i] ?? 0) - 1e-6);
      }
      last = now;
    }
    for (const [i, [, , register]] of pairs.entries()) {
      const counted = (last[i] ?? 0) - (before[i] ?? 0);
      expect(counted, register).toBeCloseTo(sums[i] ?? 0, 0);
    }
  });

  it('counts what sun is given away apart from what is bought', () => {
    const startMs = Date.parse('2026-06-15T00:00:00+02:00');
    const world = worldOf({ startMs, details: { pvKwp: 80 } });
    world.advance(startMs + 11 * HOUR_MS);
    const read = (quantity: Quantity) => world.read(at.electricity, quantity) ?? Number.NaN;
    const [bought, given] = [read('activeEnergyWh'), read('exportedEnergyWh')];
    world.advance(startMs + 12 * HOUR_MS);
    expect(read('activePowerW')).toBeLessThan(-5000);
    expect(read('exportedEnergyWh')).toBeGreaterThan(given + 5000);
    expect(read('activeEnergyWh')).toBe(bought);
  });
});

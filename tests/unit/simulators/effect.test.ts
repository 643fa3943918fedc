import { describe, expect, it } from 'vitest';
import { withEffects } from '../../../simulators/effect.ts';
import { createLook } from '../../../simulators/sensors/look.ts';
import { type FaultKind, type PlannedFault, truthOf } from '../../../simulators/truth.ts';
import { createWorld } from '../../../simulators/world/world.ts';
import { HOUR_MS } from '../../../src/domain/interval.ts';
import { exampleRegister } from './example.ts';

const register = exampleRegister();
const [january, july] = [Date.UTC(2026, 0, 14), Date.UTC(2026, 6, 8)];

const rooms = [...register.devices.values()].flat().filter(({ role }) => role === 'room');
const [room, other] = rooms.filter(({ building }) => building === rooms[0]?.building);

function fault(kind: FaultKind, fromMs: number, subject = room?.space ?? '', size = 1): PlannedFault {
  return { kind, building: room?.building ?? '', subject, fromMs, toMs: fromMs + 24 * HOUR_MS, size };
}

function effectsOf(faults: readonly PlannedFault[], endMs = Number.MAX_SAFE_INTEGER) {
  return withEffects(faults.map(truthOf), { register, seed: 1, faults, endMs }).map(({ effect }) => effect);
}

/** By how much the air of the two rooms differs in the mean of a day, at most, in accuracies of one sensor. */
function placesApart(fromMs: number): number {
  const world = createWorld({ register, seed: 1, startMs: fromMs - 72 * HOUR_MS });
  const [here, there] = [room, other].map((device) => device && createLook(device, world));
  const accuracies = { airTemperatureC: 0.2, relativeHumidityPct: 3, co2Ppm: 50 };
  const apart = new Map<string, number>();
  for (let atMs = fromMs; atMs < fromMs + 24 * HOUR_MS; ) {
    atMs += HOUR_MS / 4;
    world.advance(atMs);
    for (const quantity of ['airTemperatureC', 'relativeHumidityPct', 'co2Ppm'] as const) {
      const difference = (here?.(quantity) ?? 0) - (there?.(quantity) ?? 0);
      apart.set(quantity, (apart.get(quantity) ?? 0) + difference / 96 / accuracies[quantity]);
    }
  }
  return Math.max(...[...apart.values()].map(Math.abs));
}

describe('the effect of a fault', () => {
  it('is what it moved, in accuracies of what measures it: a closed valve in winter much, in summer nothing', () => {
    const [winter = 0, summer = 1] = effectsOf([
      fault('radiator-valve-stuck-closed', january),
      fault('radiator-valve-stuck-closed', july),
    ]);
    expect(winter).toBeGreaterThan(3);
    expect(summer).toBeLessThan(1);
  });

  it('is that of one fault, whatever else is wrong in the house', () => {
    const valve = fault('radiator-valve-stuck-closed', january);
    const [alone = 0] = effectsOf([valve]);
    const [one = 0, curve = 0] = effectsOf([valve, fault('heating-curve-wrong', january, 'radiators', 8)]);
    expect(one).toBeGreaterThan(alone / 2);
    expect(curve).toBeGreaterThan(1);
  });

  it('of exchanged sensors is by how much their places differed', () => {
    const swap = fault('swapped-sensors', january + 6 * HOUR_MS, `${room?.id}+${other?.id}`);
    const [alike = 0] = effectsOf([swap]);
    const [, apart = 0] = effectsOf([fault('radiator-valve-stuck-closed', january), swap]);
    expect(apart).toBeGreaterThan(alike);
    expect(effectsOf([fault('swapped-sensors', january, `${room?.id}+${room?.id}`)])).toEqual([0]);
    // Two sensors in one place may differ by √2 of what one is off by.
    expect(alike).toBeCloseTo(placesApart(january + 6 * HOUR_MS) / Math.SQRT2, 1);
  });

  it('of a fire is nothing where the container has no thermometer: a level that falls was emptied as well', () => {
    const bin = [...register.devices.values()].flat().find(({ role }) => role === 'container');
    const fire = { ...fault('container-fire', july, bin?.id, 250), building: bin?.building ?? '' };
    const effectOn = (model: string) => {
      const devices = new Map(
        [...register.devices].map(([id, rows]) => [
          id,
          rows.map((row) => (id === bin?.id ? { ...row, model } : row)),
        ]),
      );
      const options = {
        register: { ...register, devices },
        seed: 1,
        faults: [fire],
        endMs: Number.MAX_SAFE_INTEGER,
      };
      return withEffects([truthOf(fire)], options)[0]?.effect ?? Number.NaN;
    };
    expect(effectOn('milesight-em400-mud')).toBeGreaterThan(100);
    expect(effectOn('dragino-ldds75')).toBe(0);
  });

  it('is not reckoned of what shows in any case, and ends where the simulation does', () => {
    expect(effectsOf([fault('base-load-shifted', january, 'electricity', 2000)])).toEqual([undefined]);
    const valve = fault('radiator-valve-stuck-closed', january);
    const [whole = 0, ...begun] = [...effectsOf([valve]), ...effectsOf([valve], january + HOUR_MS / 4)];
    expect(begun[0]).toBeLessThan(whole);
  });
});

import { describe, expect, it } from 'vitest';
import { createWorld } from '../../../../simulators/world/world.ts';
import { exampleRegister } from '../example.ts';

const startMs = Date.UTC(2026, 0, 14, 23);

describe('a world', () => {
  it('lets registers grow', () => {
    const world = createWorld({ register: exampleRegister(), startMs, seed: 1 });
    const place = { building: 'b1', role: 'electricityMain' } as const;
    const before = world.read(place, 'activeEnergyWh') ?? 0;
    world.advance(startMs + 3_600_000);
    expect(world.read(place, 'activeEnergyWh')).toBeGreaterThan(before + 1000);
    expect(world.read(place, 'fillLevelPct')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { inventedRegisterFiles } from '../../../simulators/invented-register.ts';
import { definitionOf } from '../../../simulators/sensors/definition.ts';
import type { Device, Register } from '../../../src/domain/register.ts';
import { exampleRegister, registerOf } from './example.ts';

const rows = (register: Register): Device[] => [...register.devices.values()].flat();

function invented(buildings: number): Register {
  const { places, devices } = inventedRegisterFiles({ buildings });
  return registerOf({ file: 'places.yaml', text: places }, { file: 'devices.csv', text: devices });
}

describe('the shipped register', () => {
  const register = exampleRegister();

  it('has three areas and twelve buildings, each with its mains, a room and a container', () => {
    expect(register.areas.map(({ id, buildings }) => [id, buildings.length])).toEqual([
      ['norrliden', 5],
      ['lindsdal', 3],
      ['oxhagen', 4],
    ]);
    for (const building of register.buildings.keys()) {
      const roles = new Set(
        rows(register)
          .filter((row) => row.building === building)
          .map(({ role }) => role),
      );
      expect([...roles], building).toEqual(
        expect.arrayContaining(['electricityMain', 'heatMain', 'waterMain', 'room', 'container']),
      );
    }
  });

  it('has one main meter per building and carrier, so that no load is counted twice', () => {
    const mains = rows(register)
      .filter(({ role }) => role?.endsWith('Main'))
      .map(({ building, role }) => `${building} ${role}`);
    expect(mains).toHaveLength(new Set(mains).size);
    expect(mains).toHaveLength(3 * register.buildings.size);
  });

  it('shows no device that cannot be simulated', () => {
    expect(rows(register).map(definitionOf)).not.toContain(undefined);
  });

  it('shows what a register can say: ratio, offset, flexible loads of every kind, contacts without real addresses', () => {
    expect(rows(register).some(({ ratio }) => ratio !== undefined)).toBe(true);
    expect(rows(register).some(({ offset }) => offset !== undefined)).toBe(true);
    const buildings = [...register.buildings.values()];
    const loads = new Set(buildings.flatMap(({ flexibleLoads }) => flexibleLoads.map(({ id }) => id)));
    expect([...loads].toSorted()).toEqual(['ev', 'hp', 'laundry', 'vent']);
    for (const { contact } of buildings) expect(contact?.email).toMatch(/@example\.se$/);
  });
});

describe('an invented register', () => {
  it.each([0, 1, 20, 21, 200])('of %i buildings is one that the service loads', (buildings) => {
    const register = invented(buildings);
    expect(register.buildings.size).toBe(buildings);
    expect(rows(register).map(definitionOf)).not.toContain(undefined);
  });

  it('is the beginning of a larger one', () => {
    const [small, large] = [3, 30].map((buildings) => inventedRegisterFiles({ buildings }));
    expect(large?.places.startsWith(small?.places ?? '?')).toBe(true);
    expect(large?.devices.startsWith(small?.devices ?? '?')).toBe(true);
  });
});

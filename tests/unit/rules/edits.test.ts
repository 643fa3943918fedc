import { expect, it } from 'vitest';
import type { AlertChange } from '../../../src/domain/alert.ts';
import type { Device, Register } from '../../../src/domain/register.ts';
import { createAlerting } from '../../../src/workers/alerting.ts';
import { knownBy, restore, useRules } from '../../support/alerting.ts';
import { seededUniform } from '../../support/chance.ts';
import { readingOf, registerOf } from '../../support/readings.ts';
import { rulesOf } from '../../support/rules.ts';

const MINUTE = 60_000;
const T0 = Date.parse('2026-01-12T00:00+01:00');
const STEPS = 60;
/** What is asked for again is told again after an hour. */
const CALM_STEPS = 8;
const buildings = ['b1', 'b2', 'b3'];
const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
type Role = NonNullable<Device['role']>;
const rules = (isOn: boolean, area: string) =>
  rulesOf(
    `rules:\n  - { type: out-of-range, scope: { quantity: batteryPct, role: room${area} }, enabled: ${isOn}, parameters: { min: 15 }, for: 0, clear: 0 }`,
  );

/** A company whose devices, areas and rule change at random while batteries get low and are exchanged. */
function company(seed: string) {
  const random = seededUniform(seed);
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)];
  const places = new Map(
    ids.map((id, i) => [id, { building: buildings[i % 3] ?? 'b1', role: 'room' as Role }]),
  );
  const areas = new Map(buildings.map((id) => [id, 'a']));
  const low = new Set<string>();
  let [isOn, area] = [true, ''];
  const edits = [
    () => places.delete(pick(ids) ?? ''),
    () => places.set(pick(ids) ?? 'a', { building: pick(buildings) ?? 'b1', role: 'room' }),
    () => places.set(pick(ids) ?? 'a', { building: pick(buildings) ?? 'b1', role: 'submeter' }),
    () => areas.set(pick(buildings) ?? 'b1', pick(['a', 'z']) ?? 'a'),
    () => {
      isOn = !isOn;
    },
    () => {
      area = pick(['', ', area: a']) ?? '';
    },
  ];
  const keepers = buildings.map((building): Device => ({ id: `at-${building}`, model: 'kvarter', building }));
  return {
    edit: () => pick(edits)?.(),
    batteries: () => {
      for (const id of ids) if (random() < 0.15 && !low.delete(id)) low.add(id);
    },
    allow: () => {
      isOn = true;
    },
    rules: () => rules(isOn, area),
    register: (): Register => {
      const devices = [...places].map(([id, place]): Device => ({ id, model: 'kvarter', ...place }));
      const plain = registerOf(
        buildings.map((id) => ({ id, area: areas.get(id) ?? 'a' })),
        [...devices, ...keepers],
      );
      return { ...plain, areas: ['a', 'z'].map((id) => ({ id, name: id, buildings })) };
    },
    readings: (atMs: number) =>
      [...places, ...keepers.map(({ id, building }) => [id, { building, role: undefined }] as const)].map(
        ([device, { building, role }]) => {
          const point = { device, quantity: 'batteryPct', building, ...(role && { role }) } as const;
          const reading = readingOf(point, atMs, low.has(device) ? 5 : 90);
          return { ...reading, point: { ...reading.point, area: areas.get(building) ?? 'a' } };
        },
      ),
    /** What is to fire when all has been as it is for long enough. */
    low: () =>
      [...places].flatMap(([id, { building, role }]) =>
        low.has(id) && role === 'room' && (area === '' || areas.get(building) === 'a')
          ? [`${id} in ${building}`]
          : [],
      ),
  };
}

it.each(Array.from({ length: 12 }, (_, n) => `seed ${n}`))(
  'whatever is changed while alerts fire, what holds fires and nothing else, and a restart changes nothing: %s',
  (seed) => {
    const world = company(seed);
    let register = world.register();
    const open = () =>
      createAlerting({
        rules: world.rules(),
        holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
        register: () => register,
        tariffs: new Map(),
      });
    const whole = open();
    let parts = open();
    const firing = new Map<string, string>();
    for (let step = 0; step < STEPS + CALM_STEPS; step += 1) {
      if (step < STEPS) {
        world.batteries();
        world.edit();
      } else world.allow();
      register = world.register();
      for (const alerting of [whole, parts]) useRules(alerting, world.rules());
      for (const reading of world.readings(T0 + step * 10 * MINUTE))
        for (const alerting of [whole, parts]) alerting.onReading(reading);
      const { changes } = whole.drain();
      expect(parts.drain().changes).toEqual(changes);
      note(firing, changes);
      if (step % 7 !== 0) continue;
      const known = knownBy(parts);
      parts = open();
      restore(parts, known);
    }
    expect([...firing.values()].toSorted()).toEqual(world.low().toSorted());
  },
);

/** Each begins once, and what ends has begun. */
function note(firing: Map<string, string>, changes: readonly AlertChange[]): void {
  for (const { alert } of changes) {
    expect(firing.has(alert.id)).toBe(alert.state === 'resolved');
    if (alert.state === 'resolved') firing.delete(alert.id);
    else firing.set(alert.id, `${alert.device} in ${alert.building}`);
  }
}

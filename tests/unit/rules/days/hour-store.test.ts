import { describe, expect, it } from 'vitest';
import { meansIn } from '../../../../src/anomaly/hour-means.ts';
import type { Quantity } from '../../../../src/domain/quantity.ts';
import type { Reading, Role } from '../../../../src/domain/reading.ts';
import { createHourStore, foldOf } from '../../../../src/rules/days/hour-store.ts';
import { partOfRule } from '../../../../src/rules/engine.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { knownBy, restore } from '../../../support/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { onlyRules } from '../../../support/rules.ts';

const HOUR = 3_600_000;
/** Local midnight. */
const T0 = Date.UTC(2026, 0, 11, 23);
const register = registerOf([{ id: 'b1' }], [{ id: 'heat', model: 'kvarter', building: 'b1' }]);

/** Days of a return that is colder from the night of day 14 on. */
function readings(days: number): Reading[] {
  return Array.from({ length: days * 24 }, (_, n) => {
    const of = (device: string, quantity: Quantity, role: Role, value: number) =>
      readingOf({ device, quantity, role }, T0 + n * HOUR, value);
    const day = Math.floor(n / 24);
    return [
      of('out', 'outdoorTemperatureC', 'outdoor', 2 * Math.sin(day)),
      of('heat', 'flowLph', 'heatMain', 500 + (n % 7)),
      of('heat', 'returnTemperatureC', 'heatMain', (day < 14 ? 38 : 34) + (n % 5) / 10),
    ];
  }).flat();
}

function open(types: readonly string[], place = register) {
  return createAlerting({
    rules: onlyRules(...types),
    holds: { powerHoldMs: 15 * 60_000, registerGapMs: 3 * HOUR },
    register: () => place,
    tariffs: new Map(),
  });
}

describe('the hours of points', () => {
  it('are kept once, however many rules look at them', () => {
    const alerting = open(['circulation-stopped', 'low-delta-t']);
    for (const reading of readings(3)) alerting.onReading(reading);
    const [hours, others] = [true, false].map((isHours) =>
      knownBy(alerting).filter(([of]) => (of === 'hours') === isHours),
    );
    const points = ['out|outdoorTemperatureC|', 'heat|flowLph|', 'heat|returnTemperatureC|'];
    const kept = expect.objectContaining({ means: expect.anything() });
    expect(hours).toEqual([['hours', ['b1', Object.fromEntries(points.map((key) => [key, kept]))]]]);
    expect(JSON.stringify(others)).not.toContain('means');
  });

  it('are learned anew after a version that kept them in each rule, and all else goes on', () => {
    const all = readings(17);
    const before = open(['circulation-stopped']);
    const upTo = 13 * 24 * 3;
    for (const reading of all.slice(0, upTo)) before.onReading(reading);
    const known = knownBy(before).filter(([of]) => of !== 'hours');
    const [, state] = known.find(([of]) => of === partOfRule('circulation-stopped')) ?? [];
    if (Array.isArray(state)) Object.assign(state[1] ?? {}, { series: {} });
    const after = open(['circulation-stopped']);
    restore(after, known);
    for (const reading of all.slice(upTo)) after.onReading(reading);
    expect(after.drain().changes.map(({ alert }) => `${alert.rule} ${alert.state}`)).toEqual([
      'circulation-stopped firing',
    ]);
  });

  it('are judged where local time is half an hour off, too', () => {
    const organisation = { ...register.organisation, timeZone: 'Asia/Kolkata' };
    const alerting = open(['circulation-stopped'], { ...register, organisation });
    for (const reading of readings(17)) alerting.onReading(reading);
    expect(alerting.drain().changes.map(({ alert }) => alert.state)).toEqual(['firing']);
  });

  it('go with a point to where the register moves it', () => {
    const hours = createHourStore();
    const told = (space: string, atMs: number) => {
      const { point } = readingOf(
        { device: 'r', quantity: 'airTemperatureC', role: 'room', space },
        atMs,
        21,
      );
      const series = hours.seriesOf(point);
      if (series) foldOf(point)(series, atMs, 21);
    };
    told('lgh-1', T0);
    told('lgh-2', T0 + HOUR);
    const [series] = Object.values(hours.of('b1'));
    expect(series?.space).toBe('lgh-2');
    expect(series && meansIn(series.means, T0, T0 + 2 * HOUR)).toEqual([21, 21]);
  });

  it('of outdoor thermometers are found without asking every building, after a restart as before', () => {
    const hours = createHourStore();
    const told = (building: string, role: Role) => {
      const { point } = readingOf({ device: building, quantity: 'airTemperatureC', role, building }, T0, 5);
      const series = hours.seriesOf(point);
      if (series) foldOf(point)(series, T0, 5);
    };
    expect(hours.buildingsWithOutdoors()).toEqual([]);
    told('b1', 'room');
    told('b2', 'room');
    told('b3', 'outdoor');
    told('b2', 'outdoor');
    const restored = createHourStore();
    for (const part of hours.snapshot()) restored.restore(JSON.parse(JSON.stringify(part)));
    for (const some of [hours, restored]) {
      expect(some.buildingsWithOutdoors()).toEqual(['b2', 'b3']);
      expect(['b1', 'b2', 'b3'].map((building) => some.outdoors(building).length)).toEqual([0, 1, 1]);
    }
  });
});

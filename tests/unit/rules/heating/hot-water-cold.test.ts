import { describe, expect, it } from 'vitest';
import type { AlertChange } from '../../../../src/domain/alert.ts';
import { judge as judgeBy } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 11, 23);

/** Temperatures each quarter of an hour, by hour. */
function judge(hours: number, temperatureC: (hour: number) => number): AlertChange[] {
  const point = { device: 'd', quantity: 'hotWaterTemperatureC', role: 'heatMain' } as const;
  const readings = Array.from({ length: hours * 4 }, (_, i) =>
    readingOf(point, T0 + i * 15 * MINUTE, temperatureC(i / 4)),
  );
  return judgeBy(readings, { types: ['hot-water-cold'] });
}

describe('hot water that is cold', () => {
  it('is told after two hours with its reason, and over when it has been warm for half a day', () => {
    const changes = judge(72, (hour) => (hour >= 30 && hour < 40 ? 45 : 55));
    expect(changes.map(({ alert: { state }, atMs }) => [state, (atMs - T0) / MINUTE / 60])).toEqual([
      ['firing', 32],
      ['resolved', 58],
    ]);
    expect(changes[0]?.alert).toMatchObject({
      title: 'Hot water cold: 45 °C at d',
      facts: { value: 45, limit: 50, cause: 'supply', since: '2026-01-13T05:00:00.000Z' },
    });
    expect(changes[0]?.alert.detail).toMatch(/Legionella.*set-point/s);
  });

  it('is a circulation that stands still when it is warm as soon as somebody draws', () => {
    const changes = judge(48, (hour) => (hour >= 30 && hour % 1 > 0.3 ? 38 : 55));
    expect(changes[0]?.alert).toMatchObject({ facts: { cause: 'circulation', highest: 55 } });
    expect(changes[0]?.alert.detail).toContain('circulation pump');
  });

  it('is not one short moment', () => {
    expect(judge(72, (hour) => (hour === 30 ? 40 : 55))).toEqual([]);
  });
});

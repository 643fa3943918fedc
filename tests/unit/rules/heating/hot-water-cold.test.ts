import { describe, expect, it } from 'vitest';
import type { AlertChange } from '../../../../src/domain/alert.ts';
import { judge as judgeBy } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

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

  it.each([
    ['the return of the circulation', { quantity: 'returnTemperatureC', channel: 'circulation' }],
    [
      'the return of the circulation, by its Swedish short name',
      { quantity: 'returnTemperatureC', channel: 'VVC' },
    ],
    ['a probe in the space of the circulation', { quantity: 'probeTemperatureC', space: 'loop' }],
    ['a probe in the hot water', { quantity: 'probeTemperatureC', channel: 'hot-water' }],
  ] as const)('is seen by %s', (_, place) => {
    const point = { device: 'd', role: 'submeter', ...place } as const;
    const loop = { id: 'loop', kind: 'circulation' };
    const register = registerOf(
      [{ id: 'b1', spaces: [loop] }],
      [{ id: 'd', model: 'kvarter', building: 'b1', role: 'submeter' }],
    );
    const readings = Array.from({ length: 72 }, (_, i) =>
      readingOf(point, T0 + i * 60 * MINUTE, i >= 30 ? 46 : 53),
    );
    expect(judgeBy(readings, { types: ['hot-water-cold'], register })).toMatchObject([
      { alert: { state: 'firing', facts: { value: 46, quantity: place.quantity } } },
    ]);
  });

  it('is not what a heat meter of the hot water sends back to the district, nor of the radiators', () => {
    const returns = (['hot-water', 'radiators'] as const).flatMap((channel) =>
      Array.from({ length: 48 }, (_, i) =>
        readingOf(
          { device: 'd', quantity: 'returnTemperatureC', role: 'submeter', channel },
          T0 + i * 60 * MINUTE,
          28,
        ),
      ),
    );
    expect(judgeBy(returns, { types: ['hot-water-cold'] })).toEqual([]);
  });

  it('is told once of a meter that says the same water twice', () => {
    const both = Array.from({ length: 48 }, (_, i) =>
      (['hotWaterTemperatureC', 'returnTemperatureC'] as const).map((quantity) =>
        readingOf({ device: 'd', quantity, role: 'submeter', channel: 'vvc' }, T0 + i * 60 * MINUTE, 46),
      ),
    ).flat();
    expect(judgeBy(both, { types: ['hot-water-cold'] })).toHaveLength(1);
  });

  it('is told of a thermometer that speaks once a day, when it has said so twice', () => {
    const point = { device: 'd', quantity: 'hotWaterTemperatureC', role: 'heatMain' } as const;
    const daily = [55, 54, 46, 45, 45, 56, 55, 55, 55].map((c, day) =>
      readingOf(point, T0 + day * 24 * 60 * MINUTE, c),
    );
    expect(
      judgeBy(daily, { types: ['hot-water-cold'] }).map(({ alert: { state }, atMs }) => [
        state,
        (atMs - T0) / MINUTE / 60 / 24,
      ]),
    ).toEqual([
      ['firing', 4],
      ['resolved', 7.5],
    ]);
  });
});

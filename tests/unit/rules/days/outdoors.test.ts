import { describe, expect, it } from 'vitest';
import { createHourStore, foldOf } from '../../../../src/rules/days/hour-store.ts';
import { weatherAt } from '../../../../src/rules/days/outdoors.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 12);

/** How cold the night was at b1, by what thermometers of its area, b1 to b4, show. */
function nightC(shownC: Readonly<Record<string, number>>): number | undefined {
  const ids = ['b1', 'b2', 'b3', 'b4'];
  const area = { id: 'a', name: 'A', buildings: ids };
  const register = {
    ...registerOf(
      ids.map((id) => ({ id })),
      [],
    ),
    areas: [area],
  };
  const hours = createHourStore();
  for (const [building, c] of Object.entries(shownC)) {
    const point = {
      device: `out-${building}`,
      quantity: 'outdoorTemperatureC',
      role: 'outdoor',
      building,
    } as const;
    const series = hours.seriesOf(readingOf(point, T0, c).point);
    for (let hour = 0; hour < 30; hour += 1) if (series) foldOf(point)(series, T0 + hour * HOUR, c);
  }
  return weatherAt({ register: () => register, hours }, 'b1')(T0 + 29 * HOUR)?.nightC;
}

describe('how cold it is at a building', () => {
  it.each<[what: string, shownC: Readonly<Record<string, number>>, c: number | undefined]>([
    ['its own thermometer', { b1: -2, b2: 0, b3: 1 }, -2],
    ['those of its area, where it has none', { b2: 0, b3: 1, b4: 5 }, 1],
    ['all of them, where its own is far from two others', { b1: 14, b2: 0, b3: 1 }, 1],
    ['its own, where one other alone says something else', { b1: 14, b2: 0 }, 14],
    ['nothing where there is none', {}, undefined],
  ])('is told by %s', (_, shownC, c) => {
    expect(nightC(shownC)).toBe(c);
  });
});

import { describe, expect, it } from 'vitest';
import { believedHours, type ThermometerPlace } from '../../../src/comfort/thermometer.ts';

const HOUR_MS = 3_600_000;
const T0 = Date.UTC(2026, 0, 12);

type Shown = (hour: number) => number | undefined;

/** A winter's weather, a little at each hour. */
const weather = (hour: number) => -4 + 5 * Math.sin(hour / 60) + 2 * Math.sin((hour / 12) * Math.PI);
const room = (hour: number) => 21.5 + 0.4 * Math.sin((hour / 12) * Math.PI);
const between =
  (from: number, to: number, wrong: (c: number) => number | undefined, right: Shown): Shown =>
  (hour) => {
    const c = right(hour);
    return hour >= from && hour < to && c !== undefined ? wrong(c) : c;
  };

/** Hours since T0 that are not believed, as spans. */
function doubted(place: ThermometerPlace, shown: Shown, hours = 40 * 24): string[] {
  const all = Array.from({ length: hours }, (_, hour) => {
    const mean = shown(hour);
    return mean === undefined ? [] : [{ fromMs: T0 + hour * HOUR_MS, mean }];
  }).flat();
  const believed = new Set(believedHours(all, place));
  const spans: [number, number][] = [];
  for (const one of all) {
    if (believed.has(one)) continue;
    const hour = (one.fromMs - T0) / HOUR_MS;
    const last = spans.at(-1);
    if (last?.[1] === hour) last[1] = hour + 1;
    else spans.push([hour, hour + 1]);
  }
  return spans.map(([from, to]) => `${from}–${to}`);
}

const WEEK = [240, 408] as const;

describe('what a thermometer outdoors shows', () => {
  it.each<[what: string, wrong: (c: number) => number, hours: readonly [number, number], doubted: string[]]>([
    ['one wrong hour', () => 44, [240, 241], ['240–241']],
    ['a broken wire', () => -50, WEEK, ['240–408']],
    ['85 °C of a sensor without power', () => 85, WEEK, ['240–408']],
    ['°F', (c) => c * 1.8 + 32, WEEK, ['240–408']],
  ])('is not believed for %s, and is again as soon as it is over', (_, wrong, [from, to], spans) => {
    expect(doubted('outdoors', between(from, to, wrong, weather))).toEqual(spans);
  });

  it('is believed in sun, through a cold spell, and after a gap', () => {
    const sunny = (hour: number) => weather(hour) + ([10, 11, 12].includes(hour % 24) ? 12 : 0);
    expect(doubted('outdoors', sunny)).toEqual([]);
    const cold = (hour: number) => weather(hour) - Math.min(Math.max(hour - 240, 0), 20);
    expect(doubted('outdoors', cold)).toEqual([]);
    const gap = between(
      240,
      300,
      () => undefined,
      (hour) => weather(hour) + (hour < 240 ? 10 : -10),
    );
    expect(doubted('outdoors', gap)).toEqual([]);
  });

  it('is believed anew after two weeks: the thermometer hangs elsewhere now', () => {
    const warmer = between(240, 10_000, (c) => c + 30, weather);
    expect(doubted('outdoors', warmer)).toEqual(['240–576']);
  });

  it('is believed at once while it is new, but for what no weather is', () => {
    expect(
      doubted(
        'outdoors',
        between(0, 30, (c) => c + 30, weather),
      ),
    ).toEqual([]);
    expect(
      doubted(
        'outdoors',
        between(0, 30, () => 85, weather),
      ),
    ).toEqual(['0–30']);
  });
});

describe('what a thermometer in a room shows', () => {
  it.each<[what: string, wrong: (c: number) => number]>([
    ['0 in place of nothing', () => 0],
    ['tenths', (c) => c / 10],
    ['°F', (c) => c * 1.8 + 32],
    ['-127 °C of a broken wire', () => -127],
  ])('is not believed for %s', (_, wrong) => {
    expect(doubted('room', between(...WEEK, wrong, room))).toEqual(['240–408']);
  });

  it('is believed of a room that nobody heats any more, of one whose window stands open, and of one that rests', () => {
    expect(doubted('room', (hour) => room(hour) - Math.min(Math.max(hour - 240, 0) / 4, 20))).toEqual([]);
    expect(
      doubted(
        'room',
        between(240, 244, (c) => c - 12, room),
      ),
    ).toEqual([]);
    expect(doubted('room', () => 21)).toEqual([]);
  });
});

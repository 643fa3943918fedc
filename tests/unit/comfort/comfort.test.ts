import { describe, expect, it } from 'vitest';
import { buildingComfort } from '../../../src/comfort/building-comfort.ts';
import { digestOf, digestText } from '../../../src/comfort/digest.ts';
import { type ComfortHour, flatComfort } from '../../../src/comfort/flat-comfort.ts';
import { configSchema } from '../../../src/config/schema.ts';

const limits = configSchema.parse({}).comfort;
const HOUR_MS = 3_600_000;
const hours = (
  temperatures: readonly (number | undefined)[],
  rest: Partial<ComfortHour> = {},
): ComfortHour[] =>
  temperatures.map((temperatureC, at) => ({ fromMs: at * HOUR_MS, month: 1, temperatureC, ...rest }));
const flat = (
  temperatures: readonly (number | undefined)[],
  rest: Partial<ComfortHour> = {},
  isSensitive = false,
) => {
  const comfort = flatComfort(hours(temperatures, rest), limits, { isSensitive });
  if (!comfort) throw new Error('no temperature');
  return comfort;
};

describe('the comfort of a flat', () => {
  it('is the share of its known hours in the band of the season and its people', () => {
    const mixed = [17, 19, 21, undefined, 25];
    expect(flat(mixed)).toMatchObject({
      hours: 4,
      inBand: 0.25,
      tooCold: 0.5,
      severelyCold: 0.25,
      tooWarm: 0.25,
    });
    expect(flat(mixed, { month: 7 })).toMatchObject({ tooCold: 0.5, tooWarm: 0 });
    expect(flat(mixed, {}, true)).toMatchObject({ tooCold: 0.75, inBand: 0 });
  });

  it('knows dry, damp and stale air apart, and what was not measured', () => {
    expect(flat([21, 21], { humidityPct: 20, co2Ppm: 1200 })).toMatchObject({
      tooDry: 1,
      tooDamp: 0,
      stale: 1,
    });
    expect(flat([21])).toMatchObject({ tooDry: undefined, stale: undefined });
    expect(flatComfort(hours([undefined]), limits, { isSensitive: false })).toBeUndefined();
  });

  it('tells a window from lost heat, and neither from a night set-back', () => {
    const outside = { outdoorC: -5 };
    expect(flat([21, 21, 17, 19, 21], outside).falls).toMatchObject([{ kind: 'window', fellC: 4 }]);
    // A sensor that was off, and is right again.
    expect(flat([21, 21, 31, 31, 21, 21, 21, 21], outside).falls).toEqual([]);
    const cooling = Array.from({ length: 13 }, (_, at) => -5 + 26 * Math.exp(-at / 30));
    expect(flat([21, 21, ...cooling], outside).falls).toMatchObject([
      { kind: 'heatingLost', toMs: 14 * HOUR_MS },
    ]);
    expect(flat([21, 20.8, 20.6, 20.4, 20.2, 20, 19.9, 19.8], outside).falls).toEqual([]);
    expect(flat([21, 15]).falls).toEqual([]);
  });

  it('loses no heat on a mild day, nor while it is warmer than it is in the mean', () => {
    const cooling = (fromC: number, outdoorC: number) =>
      Array.from({ length: 10 }, (_, at) => outdoorC + (fromC - outdoorC) * Math.exp(-at / 30));
    expect(flat([24, 24, ...cooling(24, 14)], { outdoorC: 14 }).falls).toEqual([]);
    const sunny = [...new Array(60).fill(20.5), ...cooling(25.5, 5).slice(0, 7)];
    expect(flat(sunny, { outdoorC: 5 }).falls).toEqual([]);
  });

  /** A flat that follows the weather by a fifth, from 20 °C at 0 °C outdoors. */
  const following = (month: number, outdoors: readonly number[]) =>
    flatComfort(
      outdoors.map((outdoorC, at) => ({
        fromMs: at * HOUR_MS,
        month,
        outdoorC,
        temperatureC: 20 + 0.2 * outdoorC,
      })),
      limits,
      { isSensitive: false },
    );

  it('is compared at an outdoor temperature that there was', () => {
    const comfort = following(
      7,
      Array.from({ length: 200 }, (_, at) => 16 + 6 * Math.sin(at / 4)),
    );
    // At 10 °C, the coldest hour; 20 at the 0 °C of the setting would be a guess.
    expect(comfort?.correctedC).toBeGreaterThan(21.9);
  });

  it('is compared at one outdoor temperature', () => {
    const comfort = following(
      1,
      Array.from({ length: 400 }, (_, at) => 5 + 10 * Math.sin(at / 20)),
    );
    expect(comfort?.meanC).toBeGreaterThan(20.9);
    expect(Math.abs((comfort?.correctedC ?? 0) - 20)).toBeLessThan(0.15);
  });
});

describe('the flats of a building', () => {
  it.each([
    ['even', [20.6, 21, 21.2]],
    ['curveTooHigh', [19.8, 22.5, 22.6, 23]],
    ['unbalanced', [20.1, 21, 21.2, 23]],
    ['cold', [18.5, 19, 19.4]],
    ['warm', [22, 22.4, 22.6]],
  ] as const)('are %s at %j', (verdict, temperatures) => {
    const flats = temperatures.map((c, at) => ({ id: `${at}`, comfort: flat([c, c]) }));
    const building = buildingComfort(flats.toReversed(), limits);
    expect(building?.verdict).toBe(verdict);
    expect(building?.coldest[0]?.id).toBe('0');
  });

  it('say nothing of the heating while it is mild outdoors', () => {
    const flats = [22, 22.4, 22.6].map((c, at) => ({ id: `${at}`, comfort: flat([c, c], { outdoorC: 16 }) }));
    expect(buildingComfort(flats, limits)).toMatchObject({ verdict: 'notHeated', overheatedC: 0 });
  });

  it('are none without a temperature', () => {
    expect(buildingComfort([], limits)).toBeUndefined();
  });
});

describe('a digest', () => {
  const many = [20, 20.5, 21, 21.5, 22];

  it('compares with the median of at least k others, and says nothing of fewer', () => {
    const [known, few] = digestOf(
      [
        { measure: 'temperatureC', own: 23, others: many },
        { measure: 'hotWaterLPerDay', own: 60, others: [50, 55, 70, 80] },
      ],
      5,
    );
    expect(known).toEqual({ measure: 'temperatureC', own: 23, median: 21, less: 1 });
    expect(few).toEqual({ measure: 'hotWaterLPerDay', own: 60, median: undefined, less: undefined });
  });

  it('is written in Swedish and English, with a tip where most have less', () => {
    const lines = digestOf(
      [
        { measure: 'temperatureC', own: 23.25, others: many },
        { measure: 'wasteLPerWeek', own: 40, others: [] },
      ],
      5,
    );
    const week = {
      fromMs: Date.parse('2026-11-22T23:00Z'),
      toMs: Date.parse('2026-11-29T23:00Z'),
      zone: 'Europe/Stockholm',
    };
    expect(digestText(lines, 'sv', week)).toBe(
      'Din vecka hemma, 23–29 november\nInomhustemperatur: 23,3 °C (liknande hushåll: 21,0)\n  Varmare än hos de flesta: en grad lägre märks knappt men sparar värme.\nAvfall: 40 liter per vecka (för få liknande hushåll för en jämförelse)\n',
    );
    const english = digestText(lines, 'en', {
      ...week,
      fromMs: week.fromMs + 8 * 86_400_000,
      toMs: week.toMs + 4 * 86_400_000,
    });
    expect(english).toMatch(/^Your week at home, 1\s*–\s*3 December\n/);
    expect(english).toContain('Indoor temperature: 23.3 °C (similar households: 21.0)');
  });

  it.each([
    ['what is nearly the same', 'temperatureC', 21.8, 21.7],
    ['a flat that a degree less would make cold', 'temperatureC', 20.8, 20.1],
    ['a few litres', 'hotWaterLPerDay', 105, 100],
  ] as const)('gives no advice for %s', (_, measure, own, median) => {
    expect(
      digestText([{ measure, own, median, less: 0.9 }], 'sv', { fromMs: 0, toMs: 1, zone: 'UTC' })
        .trim()
        .split('\n'),
    ).toHaveLength(2);
  });
});

import { describe, expect, it } from 'vitest';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.UTC(2026, 0, 11, 23);
const supply = { device: 'shunt', quantity: 'supplyTemperatureC', role: 'submeter' } as const;
const dayOf = (atMs: number) => Math.floor((atMs - T0) / HOUR / 24);

describe('a supply that hunts', () => {
  const each = (hours: number, supplyC: (minute: number) => number) =>
    judge(
      Array.from({ length: hours * 20 }, (_, i) => readingOf(supply, T0 + i * 3 * MINUTE, supplyC(i * 3))),
      { types: ['hunting'] },
    ).map(({ alert: { state, title }, atMs }) => [state, title, (atMs - T0) / HOUR]);
  const swinging = (minute: number, byC: number) => 50 + byC * Math.sin((minute / 15) * 2 * Math.PI);

  it('is told after three hours, with how often and how far, and over when it has settled', () => {
    expect(each(30, (minute) => swinging(minute, minute >= 300 && minute < 720 ? 6 : 1))).toEqual([
      ['firing', expect.stringMatching(/^Supply temperature hunts at shunt: 8 turns an hour/), 8],
      ['resolved', expect.any(String), 19],
    ]);
  });

  it('is not one that moves a little, or slowly', () => {
    expect(each(30, (minute) => swinging(minute, 2))).toEqual([]);
    expect(each(30, (minute) => swinging(minute / 16, 8))).toEqual([]);
  });
});

describe('a supply that no longer follows the weather', () => {
  const days = (
    count: number,
    supplyC: (day: number, outdoorC: number) => number,
    point: typeof supply & { readonly channel?: string } = supply,
  ) =>
    judge(
      Array.from({ length: count * 24 }, (_, n) => {
        const outdoorC = 3 * Math.sin((n / 24) * 2 * Math.PI) - 2 + Math.sin(n / 30);
        const atMs = T0 + n * HOUR + 20 * MINUTE;
        return [
          readingOf(
            { device: 'out', quantity: 'outdoorTemperatureC', role: 'outdoor' },
            atMs - MINUTE,
            outdoorC,
          ),
          readingOf(point, atMs, supplyC(Math.floor(n / 24), outdoorC)),
        ];
      }).flat(),
      { types: ['supply-flat'] },
    ).map(({ alert: { state, title }, atMs }) => [state, title, dayOf(atMs)]);
  const curve = (outdoorC: number) => 45 - outdoorC;

  it('is not that of hot water, which the weather does not move', () => {
    const stuck = (day: number, outdoorC: number) => (day >= 16 ? 55 : curve(outdoorC));
    expect(days(20, stuck, { ...supply, channel: 'vvc' })).toEqual([]);
  });

  it('is a valve that is stuck when it is warm, a pump or valve that is off when it is cold', () => {
    const stuck = (day: number) => day >= 16 && day < 19;
    expect(days(22, (day, outdoorC) => (stuck(day) ? 47 : curve(outdoorC)))).toEqual([
      ['firing', 'Shunt valve stuck: supply flat at 47 °C at shunt', 17],
      ['resolved', expect.any(String), 19],
    ]);
    const off = days(20, (day, outdoorC) => (stuck(day) ? 22 : curve(outdoorC)));
    expect(off[0]?.[1]).toMatch(/^Pump or valve of the radiators off: supply flat at 22 °C/);
  });

  it('is not one that never did', () => {
    expect(days(22, () => 55)).toEqual([]);
  });
});

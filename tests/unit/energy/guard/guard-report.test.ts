import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { billedWindows } from '../../../../src/energy/guard/billed-windows.ts';
import { type GuardedHistory, guardReport, quantile } from '../../../../src/energy/guard/guard-report.ts';
import { toldWindows } from '../../../../src/energy/guard/told-windows.ts';
import { loadOf, tariffOf } from '../bills/bills.ts';

const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
const FROM = Date.parse('2026-01-01T00:00+01:00');
const hour = (n: number) => ({ fromMs: FROM + n * HOUR_MS, toMs: FROM + (n + 1) * HOUR_MS });

function januaryWith(peaks: Readonly<Record<number, number>>, hours = 744) {
  const kw = Float64Array.from({ length: hours }, (_, n) => peaks[n] ?? 10);
  return { fromMs: FROM, spacingMs: HOUR_MS, kw };
}

describe('what a tariff billed by windows', () => {
  it('is the mean of the month’s three highest hours, each with what it would have saved to keep it down', () => {
    const tariff = tariffs.get('goteborg-energi-2025');
    if (!tariff) throw new Error('the tariff ships');
    const load = januaryWith({ 30: 50, 31: 40, 100: 30, 200: 28 });
    const span = { fromMs: FROM, toMs: FROM + 744 * HOUR_MS };
    const { windows, months } = billedWindows(tariff, load, span);
    expect(months).toBe(1);
    expect(windows.map(({ fromMs, kw }) => [(fromMs - FROM) / HOUR_MS, kw])).toEqual([
      [30, 50],
      [31, 40],
      [100, 30],
    ]);
    // 45 kr/kW for the mean of three: (50 − 28) · 45 / 3, …
    expect(windows.map(({ atStake }) => Math.round(atStake))).toEqual([330, 180, 30]);
  });

  it('has the next highest hour in place of the month’s highest, where a month has one candidate', () => {
    const tariff = tariffs.get('linde-2025');
    if (!tariff) throw new Error('the tariff ships');
    const span = { fromMs: FROM, toMs: FROM + 744 * HOUR_MS };
    // Friday 2 January: 06:00 counts for the month, and 12:00 for its working days as well.
    const { windows } = billedWindows(tariff, januaryWith({ 30: 50, 36: 40, 37: 38 }), span);
    // 60 kr/kW: (50 − 40) · 60, and 37.40 kr/kW: (40 − 38) · 37.4.
    expect(
      windows.map(({ component, kw, atStake }) => [component, kw, Math.round(atStake * 10) / 10]),
    ).toEqual([
      ['main', 50, 600],
      ['high', 40, 74.8],
    ]);
  });

  it('looks back as the tariff does: a day that a higher one of the year before hides is not billed', () => {
    const tariff = tariffs.get('kalmar-energi-heat-2023');
    if (!tariff) throw new Error('the tariff ships');
    const kw = { '2024-02-03': 24, '2024-06-10': 20 };
    const load = loadOf({ from: '2024-02-01', to: '2025-02-01', baseKw: 10, kw });
    const toMs = load.fromMs + load.kw.length * load.spacingMs;
    const { windows } = billedWindows(tariff, load, { fromMs: load.fromMs, toMs });
    // 1,200 kr/kW and year: (24 − 10) · 1,200 / 12 in the month in which it came.
    expect(windows.map(({ fromMs, kw: of, atStake }) => [fromMs, of, Math.round(atStake)])).toEqual([
      [Date.parse('2024-02-03T00:00+01:00'), 24, 1400],
    ]);
  });

  it('is only what lies above the floor', () => {
    const tariff = tariffs.get('flanders-2023');
    if (!tariff) throw new Error('the tariff ships');
    const timeZone = 'Europe/Brussels';
    const kw = { '2024-03-05 18:15': 8, '2024-03-06 18:00': 2 };
    const load = loadOf({ from: '2024-01-01', to: '2024-05-01', baseKw: 1, minutes: 15, kw, timeZone });
    const toMs = load.fromMs + load.kw.length * load.spacingMs;
    const { windows } = billedWindows(tariff, load, { fromMs: load.fromMs, toMs });
    expect(windows.map(({ kw: of }) => of)).toEqual([8]);
    // Of twelve months the mean, at 40.40 EUR/kW and year: (8 − 2.5) / 12 · 40.40 / 12.
    expect(windows[0]?.atStake).toBeCloseTo(1.543, 3);
  });

  it('is that of the periods of the span alone, with those before it to look back on', () => {
    const peakIdentificationSettings = {
      peakFunction: 'peak(main)',
      peakIdentificationPeriod: 'PT1H',
      peakDuration: 'PT1H',
      numberOfPeaksForAverageCalculation: 1,
    };
    const price = { priceExVat: 12, currency: 'SEK' };
    const billedBack = (lookBack: string) => {
      const component = { price, peakIdentificationSettings, 'x-kvarter': { lookBack } };
      const powerPrice = { components: [component] };
      const tariff = tariffOf({ tariffs: [{ billingPeriod: 'P3M', powerPrice }] });
      const kw = {
        '2025-02-03 08:00': 90,
        '2025-05-05 08:00': 40,
        '2025-06-02 08:00': 30,
        '2025-06-20 08:00': 80,
      };
      const load = loadOf({ from: '2025-01-01', to: '2025-07-01', baseKw: 10, kw });
      const span = {
        fromMs: Date.parse('2025-04-01T00:00+02:00'),
        toMs: Date.parse('2025-06-10T00:00+02:00'),
      };
      const { windows, months } = billedWindows(tariff, load, span);
      // 70 of 91 days of three months.
      expect(months).toBeCloseTo((3 * 70) / 91, 6);
      return windows.map(({ kw: of, atStake }) => [of, Math.round(atStake)]);
    };
    expect(billedBack('P3M')).toEqual([[40, 120]]);
    expect(billedBack('P6M')).toEqual([]);
  });

  it('counts a running period as it stands, and only the part of it that is known', () => {
    const tariff = tariffs.get('ellevio-2025');
    if (!tariff) throw new Error('the tariff ships');
    const { windows, months } = billedWindows(tariff, januaryWith({ 30: 50, 31: 49, 60: 20 }, 186), {
      fromMs: FROM,
      toMs: FROM + 744 * HOUR_MS,
    });
    expect(months).toBeCloseTo(0.25, 6);
    // Three different days: of 2 January only the highest.
    expect(windows.slice(0, 2).map(({ fromMs }) => (fromMs - FROM) / HOUR_MS)).toEqual([30, 60]);
  });
});

describe('a report', () => {
  const window = (n: number) => ({ component: 'c', ...hour(n), kw: 50, weightedKw: 50, atStake: 100 });
  const told = (n: number, minutesBefore: number, chance: number) => ({
    component: 'c',
    ...hour(n),
    toldAtMs: hour(n).toMs - minutesBefore * 60_000,
    chance,
  });
  const history: GuardedHistory = {
    building: 'b1',
    currency: 'SEK',
    months: 2,
    windows: [window(1), window(2), window(3), window(4)],
    alerts: [
      { isInformation: false, windows: [told(1, 30, 0.85), told(2, 20, 0.82)] },
      { isInformation: true, windows: [told(3, 5, 0.1)] },
      { isInformation: false, windows: [told(9, 30, 0.84)] },
    ],
    saved: 12,
  };

  it('counts what was told in time, false alerts, and what became of each chance that was said', () => {
    const { total, buildings } = guardReport([history], { leadMs: 600_000 });
    expect(total).toMatchObject({
      peaks: 4,
      toldInTime: 2,
      recall: 0.5,
      alerts: 3,
      trueAlerts: 2,
      precision: 2 / 3,
      falsePerBuildingMonth: 0.5,
      urgent: { alerts: 2, trueAlerts: 1, falsePerBuildingMonth: 0.5 },
      toldWindows: 4,
      windowPrecision: 3 / 4,
      leadMinutes: { median: 20, p10: 8 },
      money: { SEK: { atStake: 400, toldInTime: 200, saved: 12 } },
    });
    expect(total.reliability[8]).toMatchObject({ from: 0.8, told: 3, cameTrue: 2 / 3 });
    expect(total.reliability[8]?.said).toBeCloseTo(0.8367, 4);
    expect(buildings[0]?.list.map(({ isInTime }) => isInTime)).toEqual([true, true, false, false]);
  });

  it('counts an alert as true when one of its windows is billed, and a chance of 1 among the highest', () => {
    const alerts = [{ isInformation: false, windows: [told(1, 30, 1), told(8, 30, 0.95)] }];
    const { total } = guardReport([{ ...history, alerts }], { leadMs: 600_000 });
    expect(total).toMatchObject({ alerts: 1, trueAlerts: 1, windowPrecision: 0.5 });
    expect(total.reliability.at(-1)).toMatchObject({ from: 0.9, to: 1, told: 2, cameTrue: 0.5 });
  });

  it('takes no share of nothing, and sums money of each currency alone', () => {
    const quiet = {
      ...history,
      building: 'b2',
      currency: 'NOK',
      windows: [],
      alerts: [],
      months: 0,
      saved: 0,
    };
    const { buildings, total } = guardReport([history, quiet], { leadMs: 600_000 });
    expect(buildings[1]).toMatchObject({ recall: null, precision: null, falsePerBuildingMonth: null });
    expect(Object.keys(total.money)).toEqual(['SEK', 'NOK']);
  });

  it('asks for a sixth of a window that is shorter than an hour', () => {
    const span = { fromMs: FROM, toMs: FROM + 900_000 };
    const quarter = { ...window(0), ...span };
    const early = { component: 'c', ...span, toldAtMs: span.toMs - 150_000, chance: 0.5 };
    const { total } = guardReport(
      [{ ...history, windows: [quarter], alerts: [{ isInformation: false, windows: [early] }] }],
      {
        leadMs: 600_000,
      },
    );
    expect(total.toldInTime).toBe(1);
  });
});

describe('the windows of an alert', () => {
  it('are read from its facts; other alerts have none', () => {
    const windows = [
      {
        from: '2026-01-01T07:00:00Z',
        to: '2026-01-01T08:00:00Z',
        toldAt: '2026-01-01T07:20:00Z',
        chance: 0.4,
      },
    ];
    expect(toldWindows({ component: 'main', windows })).toEqual([
      {
        component: 'main',
        fromMs: Date.parse('2026-01-01T07:00:00Z'),
        toMs: Date.parse('2026-01-01T08:00:00Z'),
        toldAtMs: Date.parse('2026-01-01T07:20:00Z'),
        chance: 0.4,
      },
    ]);
    expect(toldWindows({ silentSince: '2026-01-01T07:00:00Z' })).toEqual([]);
    expect(toldWindows({ component: 'main', windows: [{ ...windows[0], from: 'then' }] })).toEqual([]);
  });
});

it.each([
  [[], 0.5, null],
  [[3], 0.1, 3],
  [[4, 1, 2, 3], 0.5, 2.5],
])('the quantile of %j at %d is %s', (values, p, expected) => {
  expect(quantile(values, p)).toBe(expected);
});

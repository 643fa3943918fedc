import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { loadTariffs } from '../../../../src/config/tariffs.ts';
import type { AlertChange } from '../../../../src/domain/alert.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import type { Reading } from '../../../../src/domain/reading.ts';
import type { Device } from '../../../../src/domain/register.ts';
import { isoTime } from '../../../../src/domain/time.ts';
import { inWords } from '../../../../src/rules/in-words.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { knownBy, restore } from '../../../support/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const MINUTE = 60_000;
const tariffs = loadTariffs(join(import.meta.dirname, '../../../../config/tariffs'));
/** Midnight in Kalmar, a Thursday. */
const T0 = Date.parse('2026-01-15T00:00+01:00');
const meter = { device: 'm', quantity: 'activePowerW', role: 'electricityMain' } as const;

const windowSchema = z.object({ meanKw: z.number(), saved: z.number(), projectedKw: z.number() });
const device: Device = { id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' };

function alerting(tariff = 'goteborg-energi-2025', devices: readonly Device[] = [device], reboundPct = 0) {
  const flexibleLoads = [
    { id: 'ev', name: 'Car chargers', powerKw: 22, maxOffMinutes: 120, priority: 2, reboundPct },
    { id: 'hp', name: 'Heat pump', powerKw: 18, maxOffMinutes: 60, priority: 1 },
    { id: 'fan', name: 'Fans', powerKw: 400, maxOffMinutes: 30, priority: 3 },
  ];
  const register = registerOf([{ tariff, flexibleLoads }], devices);
  return createAlerting({
    rules: rulesOf(),
    holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
    register: () => register,
    tariffs,
  });
}

/** Five-minute readings of a power (kW) that is given for each hour from T0 on. */
function series(hoursKw: readonly number[], fromMs = T0): Reading[] {
  return hoursKw.flatMap((kw, hour) =>
    Array.from({ length: 12 }, (_, step) =>
      readingOf(meter, fromMs + hour * HOUR_MS + step * 5 * MINUTE, kw * 1000),
    ),
  );
}

function changesOf(readings: readonly Reading[], tariff?: string): AlertChange[] {
  const rules = alerting(tariff);
  for (const reading of readings) rules.onReading(reading);
  return rules.drain().changes.filter(({ alert }) => alert.rule === 'peak-guard');
}

/** Starts of the windows that were told, each once. */
function told(readings: readonly Reading[], tariff?: string): string[] {
  const rules = alerting(tariff);
  const starts = new Set<string>();
  for (const reading of readings) {
    rules.onReading(reading);
    const { changes, refreshed } = rules.drain();
    for (const { rule, facts } of [...changes.map(({ alert }) => alert), ...refreshed]) {
      if (rule === 'peak-guard' && typeof facts.windowFrom === 'string') starts.add(facts.windowFrom);
    }
  }
  return [...starts];
}
const at = (hour: number) => isoTime(T0 + hour * HOUR_MS);
const day = (...hours: readonly [hour: number, kw: number][]) =>
  Array.from({ length: 24 }, (_, hour) => hours.find(([at]) => at === hour)?.[1] ?? 40);

describe('the running hour', () => {
  it('is not told on the first day, of which everything is high: one building’s as all others’', () => {
    const rising = day([7, 60], [8, 80], [17, 120], [18, 160]);
    expect(told(series(rising))).toEqual([]);
    expect(told(series([...rising, ...day([17, 180])]))).toEqual([at(24 + 17)]);
  });

  const month = [...day([7, 100], [8, 90], [17, 80]), ...day(), ...day()];

  it.each(['goteborg-energi-2025', 'flanders-2023'])(
    'that a meter told late, when others had gone on, is among the billed ones of %s',
    (tariff) => {
      const room = { id: 'r', model: 'kvarter', building: 'b1', role: 'room' as const };
      const { onReading, peaks } = alerting(tariff, [device, room]);
      const readings = series([...month, ...day([17, 200])]);
      // The meter's gateway is away from four until a quarter past seven; the room is heard through another.
      const [awayMs, backMs] = [T0 + (3 * 24 + 16) * HOUR_MS, T0 + (3 * 24 + 19.25) * HOUR_MS];
      const arrival = ({ atMs }: Reading) => (atMs >= awayMs && atMs < backMs ? backMs : atMs);
      const rooms = readings.map(({ atMs }) =>
        readingOf({ device: 'r', quantity: 'co2Ppm', role: 'room' }, atMs, 500),
      );
      for (const reading of [...readings, ...rooms].toSorted((a, b) => arrivalOf(a) - arrivalOf(b)))
        onReading({ ...reading, receivedAtMs: arrivalOf(reading) });
      expect(Math.max(...peaks().flatMap(({ billed }) => billed.map(({ billedKw }) => billedKw)))).toBe(200);

      function arrivalOf(reading: Reading): number {
        return reading.point.device === 'r' ? reading.atMs : arrival(reading);
      }
    },
  );

  it('of a meter that is read each hour is not taken to be as high as the day before, which it is silent about as ever', () => {
    let counted = 0;
    const hours = [...month, ...day([17, 120]), ...day(), ...day()].map((kw, hour) => {
      counted += kw * 1000;
      const register = { ...meter, quantity: 'activeEnergyWh' } as const;
      return readingOf(register, T0 + (hour + 1) * HOUR_MS, counted);
    });
    // The hour behind the highest may go on like it.
    expect(told(hours)).toEqual([at(3 * 24 + 18)]);
  });

  it('that is a quarter-hour is called so', () => {
    const [first] = changesOf(series([...month, ...day([17, 200])]), 'flanders-2023').slice(-2);
    expect(first?.alert.title).toMatch(/^b1: .* kW this quarter-hour, budget /);
  });

  it('is judged by the register of a meter that says its power of the moment first', () => {
    const { drain, onReading } = alerting();
    let counted = 0;
    for (const [hour, kw] of [...month, ...day([17, 120]).slice(0, 18), 40].entries()) {
      for (let step = 0; step < 12; step += 1) {
        const atMs = T0 + hour * HOUR_MS + step * 5 * MINUTE;
        // What the hour draws, it draws between the samples.
        onReading(readingOf(meter, atMs, 40_000));
        onReading(readingOf({ ...meter, quantity: 'activeEnergyWh' }, atMs, counted));
        counted += (kw * 1000) / 12;
      }
    }
    const over = drain().changes.findLast(({ alert }) => alert.state === 'firing')?.alert;
    expect(over?.facts.windowFrom).toBe(at(3 * 24 + 17));
    expect(Number(over?.facts.projectedKw)).toBeGreaterThan(90);
  });

  it('is told when it is about to be among the billed ones, with what it costs and what to switch off', () => {
    const hour = month.length + 17;
    const changes = changesOf(series([...month, ...day([17, 118]).slice(0, 18)]));
    const [fired] = changes.filter(({ alert }) => alert.facts.windowFrom === at(hour));
    expect(fired?.alert.state).toBe('firing');
    expect(fired?.atMs).toBeLessThanOrEqual(T0 + (hour + 1) * HOUR_MS - 10 * MINUTE);
    const facts = fired?.alert.facts ?? {};
    expect(facts).toMatchObject({ windowTo: at(hour + 1), billedFromKw: 80, shedIsEnough: true });
    expect(facts.budgetKw).toBeGreaterThanOrEqual(80);
    expect(facts.budgetKw).toBeLessThan(95);
    // The marginal cost: price times what exceeds the third highest, over the three that are averaged.
    expect(facts.sekAtStake).toBe(Math.round((45 * (Number(facts.projectedKw) - 80)) / 3));
    // In the mean keeping to the budget saves a part of what is above it.
    expect(facts.expectedSaving).toBeGreaterThan(0);
    expect(facts.expectedSaving).toBeLessThan(
      (45 * (Number(facts.projectedKw) - Number(facts.budgetKw))) / 3,
    );
    // These two are enough together, and less than the fans' 400 kW.
    expect(facts.shed).toEqual([
      { load: 'hp', name: 'Heat pump', powerKw: 18, minutes: expect.any(Number), automatic: false },
      { load: 'ev', name: 'Car chargers', powerKw: 22, minutes: expect.any(Number), automatic: false },
    ]);
    // 40 kW for the 45 minutes that are left are the 30 kWh that are too much: there is no time to lose.
    expect(fired?.alert.detail).toMatch(
      /Switch off: Heat pump \(45 min\), Car chargers \(45 min\)\. Do it now\.$/,
    );
    expect(facts.actBy).toBe(isoTime(T0 + hour * HOUR_MS + 15 * MINUTE));
    // What it says is what its facts are.
    const [chance, projectedKw, spreadKw, budgetKw] = ['chance', 'projectedKw', 'spreadKw', 'budgetKw'].map(
      (name) => Number(facts[name]),
    );
    expect(chance).toBeGreaterThan(0.3);
    expect(fired?.alert.title).toBe(
      `b1: ${inWords(projectedKw ?? 0, 'kW')} this hour, budget ${inWords(budgetKw ?? 0, 'kW')}`,
    );
    expect(fired?.alert.detail).toContain(
      `45 minutes to go; at this pace the mean is ${projectedKw} kW (± ${spreadKw}). It will be billed with a chance of ${Math.round((chance ?? 0) * 100)} %: ${facts.sekAtStake} SEK as the bill stands now; keeping to ${budgetKw} kW saves ${facts.expectedSaving} SEK in the mean. Switch off: `,
    );
    expect(facts).not.toHaveProperty('tooCold');
  });

  it('is told of a quarter-hour while most of it is left: its minutes are as much shorter than those of an hour', () => {
    const quarter = (month.length + 17) * HOUR_MS;
    const rising = Array.from({ length: 3 }, (_, step) =>
      readingOf(meter, T0 + quarter + step * 5 * MINUTE, 200_000),
    );
    const changes = changesOf([...series([...month, ...day().slice(0, 17)]), ...rising], 'flanders-2023');
    const told = changes.filter(({ alert }) => alert.facts.windowFrom === isoTime(T0 + quarter));
    expect(told.map(({ atMs }) => atMs)).toEqual([T0 + quarter + 5 * MINUTE]);
  });

  it('has one alert a day, which ends when the high hours of such days are usually over', () => {
    const days = Array.from({ length: 12 }, () => day([7, 100], [8, 90], [10, 80])).flat();
    const changes = changesOf(series([...days, ...day([7, 120], [8, 125]), ...day()]));
    const today = changes.filter(({ atMs }) => atMs >= T0 + days.length * HOUR_MS);
    expect(today.map(({ alert }) => alert.state)).toEqual(['firing', 'resolved']);
    expect(today[1]?.atMs).toBe(T0 + (days.length + 12) * HOUR_MS);
    expect(today[1]?.alert.detail).toMatch(/^2 were told, the highest with 125 kW\./);
    const { windows } = today[1]?.alert.facts ?? {};
    expect(windows).toMatchObject([
      { from: at(days.length + 7), meanKw: 120 },
      { from: at(days.length + 8), meanKw: 125 },
    ]);
    expect(JSON.stringify(windows), 'nothing was saved').not.toContain('saved');
  });

  it('is as urgent as its chance: twice the month’s highest is nearly sure to be billed, just above the lowest is not', () => {
    const severities = (kw: number) =>
      changesOf(series([...month, ...day([17, kw]).slice(0, 18)])).map(({ alert }) => alert.severity);
    expect([severities(200), severities(95)]).toEqual([['critical'], ['warning']]);
  });

  it('says of a day with one high hour that it was one', () => {
    const changes = changesOf(series([...month, ...day([17, 120]), ...day()]));
    expect(changes.at(-1)?.alert.detail).toMatch(/^One was told, with 120 kW\./);
  });

  it('says when it is within its budget again because loads were switched off in time', () => {
    const rules = alerting();
    const from = T0 + (month.length + 17) * HOUR_MS;
    const shed = Array.from({ length: 12 }, (_, step) =>
      readingOf(meter, from + step * 5 * MINUTE, step < 5 ? 120_000 : 20_000),
    );
    for (const reading of [...series([...month, ...day().slice(0, 17)]), ...shed]) rules.onReading(reading);
    const { refreshed } = rules.drain();
    expect(refreshed.map(({ title }) => title)).toEqual([expect.stringContaining('within its budget again')]);
    expect(refreshed[0]?.facts.shed).toEqual([]);
    // 25 minutes of 120 kW and 35 of 20 are 61.67 kW; it would have cost from 80 kW on, at 45 kr/kW for the mean of three.
    for (const reading of series(day(), from + HOUR_MS)) rules.onReading(reading);
    const over = rules.drain().changes.find(({ alert }) => alert.state === 'resolved')?.alert;
    const [window] = z.array(windowSchema).parse(over?.facts.windows);
    expect(window?.meanKw).toBe(61.67);
    expect(window?.saved).toBeGreaterThan(0);
    expect(window?.saved).toBeLessThanOrEqual((45 * ((window?.projectedKw ?? 0) - 80)) / 3);
  });

  it.each([
    ['as high as the month’s third', 79],
    ['low', 10],
  ])('is not told while it is %s', (_, kw) => {
    expect(told(series([...month, ...day([17, kw])]))).not.toContain(at(month.length + 17));
  });

  it('says which loads stay off in the next hour, because what they did not use would be too much for it', () => {
    // In the hour after, 75 kW: with the 22 kW of the chargers, and what they then make up for, it would be billed.
    const rules = alerting(undefined, undefined, 100);
    const shed = new Map<unknown, unknown>();
    const evening = day([17, 113], [18, 75]).slice(0, 19);
    for (const reading of series([...month, ...evening])) {
      rules.onReading(reading);
      const { changes, refreshed } = rules.drain();
      for (const { rule, facts } of [...changes.map(({ alert }) => alert), ...refreshed]) {
        if (rule === 'peak-guard' && facts.windowFrom) shed.set(facts.windowFrom, facts.shed);
      }
    }
    const hour = month.length + 17;
    expect(shed.get(at(hour))).toContainEqual(expect.objectContaining({ load: 'ev', minutes: 61 }));
    // From eleven past until sixteen past the next hour.
    expect(shed.get(at(hour + 1))).toEqual([expect.objectContaining({ load: 'ev', minutes: 65 })]);
  });

  it('is told at the start of a month only when it is high for the days that were', () => {
    const days = Array.from({ length: 20 }, () => day([7, 90], [8, 100], [17, 95])).flat();
    const fromMs = Date.parse('2026-01-12T00:00+01:00');
    const february = '2026-02-01T00:00Z';
    const ofFebruary = told(series(days, fromMs)).filter((hour) => hour > february);
    expect(ofFebruary.every((hour) => [6, 7, 16].includes(new Date(hour).getUTCHours()))).toBe(true);
  });
});

test('a silent meter counts as high, never as idle', () => {
  const month = [...day([7, 100], [8, 90], [17, 80]), ...day()];
  const silentFrom = T0 + (month.length + 16) * HOUR_MS + 20 * MINUTE;
  const readings = series([...month, ...day([15, 95], [16, 95])]).filter(({ atMs }) => atMs < silentFrom);
  const other = readingOf({ device: 'room', quantity: 'airTemperatureC' }, silentFrom + 40 * MINUTE, 21);
  expect(told([...readings, other])).toContain(at(month.length + 16));
});

test('at night half the power counts where the tariff says so', () => {
  const month = [...day([7, 100]), ...day([8, 90]), ...day([17, 80]), ...day(), ...day()];
  const hours = (hour: number) => told(series([...month, ...day([hour, 150])]), 'ellevio-2025');
  expect(hours(3)).not.toContain(at(month.length + 3));
  expect(hours(12)).toContain(at(month.length + 12));
});

test('goes on after a restart as if nothing had happened', () => {
  const readings = series([...day([7, 100], [8, 90], [17, 80]), ...day([12, 120]), ...day([13, 130])]);
  const whole = changesOf(readings);
  for (const cut of [1, 100, 433, 437, 440, 800]) {
    const [before, after] = [alerting(), alerting()];
    for (const reading of readings.slice(0, cut)) before.onReading(reading);
    const { changes } = before.drain();
    restore(after, knownBy(before));
    for (const reading of readings.slice(cut)) after.onReading(reading);
    const both = [...changes, ...after.drain().changes].filter(({ alert }) => alert.rule === 'peak-guard');
    expect(both).toEqual(whole);
  }
});

describe('a main meter that is replaced', () => {
  const exchangeMs = T0 + 3 * HOUR_MS + 20 * MINUTE;
  const old: Device = { ...device, countsToMs: exchangeMs, replacedBy: 'n' };
  const fresh: Device = { ...device, id: 'n', countsFromMs: exchangeMs };
  const [before, after] = [
    series([40, 40, 40, 40]).filter(({ atMs }) => atMs < exchangeMs),
    series([40, 40, 40, 40, 40, 40])
      .filter(({ atMs }) => atMs >= exchangeMs)
      .map(({ atMs, value }) => readingOf({ ...meter, device: 'n' }, atMs, value)),
  ];
  const projections = (readings: readonly Reading[]) => {
    const rules = alerting('goteborg-energi-2025', [old, fresh]);
    return readings.map((reading) => {
      rules.onReading(reading);
      return rules.peaks()[0]?.projectedKw ?? 0;
    });
  };

  it('is never counted together with the new one, nor left out', () => {
    const projected = projections([...before, ...after]).slice(before.length + 1);
    expect(projected.length).toBeGreaterThan(20);
    for (const kw of projected) expect(kw).toBeCloseTo(40, 6);
  });

  it('counts as unknown, which is high, until the new one has spoken', () => {
    const rules = alerting('goteborg-energi-2025', [old, fresh]);
    for (const reading of before) rules.onReading(reading);
    rules.onTick(exchangeMs, 0);
    rules.onTick(exchangeMs + 40 * MINUTE, 0);
    expect(rules.peaks()[0]?.projectedKw).toBeCloseTo(40, 6);
  });
});

it('counts no part twice of a meter that says its channels and itself as a whole', () => {
  const readings = series([40, 40]).flatMap((whole) => [
    whole,
    ...['a', 'b'].map((channel) => readingOf({ ...meter, channel }, whole.atMs, whole.value / 2)),
  ]);
  const rules = alerting();
  for (const reading of readings) rules.onReading(reading);
  expect(rules.peaks()[0]?.projectedKw).toBeCloseTo(40, 6);
});

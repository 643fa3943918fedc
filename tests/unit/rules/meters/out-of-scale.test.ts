import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../../src/domain/reading.ts';
import { seededUniform } from '../../../support/chance.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Local midnight of a Monday. */
const T0 = Date.UTC(2026, 0, 11, 23);
const ALL = ['activePowerW', 'activeEnergyWh'] as const;
type Times = (day: number, hour: number) => number;

/** What a main meter of 5 to 14 kW says each five minutes, when it says so many times what is true. */
function meter(days: number, times: Times, quantities: readonly (typeof ALL)[number][] = ALL): Reading[] {
  const random = seededUniform('meter');
  let count = 5e6;
  return Array.from({ length: days * 288 }, (_, i): Reading[] => {
    const [day, hour] = [Math.floor(i / 288), (i % 288) / 12];
    const w = (hour > 6 && hour < 22 ? 9000 : 5000) * (1 + 0.5 * random()) * times(day, hour);
    count += w / 12;
    return quantities.map((quantity) =>
      readingOf(
        { device: 'd', quantity, role: 'electricityMain' },
        T0 + (i + 1) * 5 * MINUTE,
        quantity === 'activePowerW' ? w : count,
      ),
    );
  }).flat();
}
const told = (readings: readonly Reading[]) =>
  judge(readings, { types: ['out-of-scale'] }).map(
    ({ alert: { state }, atMs }) => `${state} day ${Math.floor((atMs - T0) / DAY)}`,
  );
/** On day 9, from eight to four. */
const onOneDay =
  (factor: number): Times =>
  (day, hour) =>
    day === 9 && hour >= 8 && hour < 16 ? factor : 1;

describe('a meter that is out of all scale', () => {
  it('is told once, within minutes, by what it says of power and energy, and over when it is right again', () => {
    const changes = judge(meter(12, onOneDay(1000)), { types: ['out-of-scale'] });
    expect(changes.map(({ alert }) => alert.state)).toEqual(['firing', 'resolved']);
    const [{ alert, atMs } = {}, ended] = changes;
    expect((atMs ?? 0) - (T0 + 9 * DAY + 8 * HOUR)).toBeLessThanOrEqual(10 * MINUTE);
    expect((ended?.atMs ?? 0) - (T0 + 9 * DAY + 16 * HOUR)).toBeLessThanOrEqual(2 * HOUR);
    expect(alert).toMatchObject({
      subject: 'd|',
      device: 'd',
      facts: { readings: 2, highest: 13_497, limit: 134_966 },
    });
    expect(alert?.facts.value).toBeGreaterThan(9_000_000);
    expect(alert?.title).toMatch(
      /^d is out of all scale: 1\d{4}\.?\d? kW, where it was never above 13\.5 kW$/,
    );
  });

  it.each([['activePowerW'], ['activeEnergyWh']] as const)('is told by %s alone', (quantity) => {
    expect(told(meter(12, onOneDay(1000), [quantity]))).toEqual(['firing day 9', 'resolved day 9']);
  });

  it('is no large load, no single reading, and nobody knows in its first three days', () => {
    expect(told(meter(12, onOneDay(8)))).toEqual([]);
    const once: Times = (day, hour) => (day === 9 && hour === 8 ? 1000 : 1);
    expect(told(meter(12, once, ['activePowerW']))).toEqual([]);
    expect(told(meter(6, (day) => (day >= 2 ? 1000 : 1)))).toEqual([]);
  });

  it('is no house that takes hardly anything, in which the heating is switched on', () => {
    expect(told(meter(12, (day) => (day < 9 ? 0.02 : 3)))).toEqual([]);
  });

  it('goes on while the register races past what any meter counts', () => {
    const racing: Times = (day, hour) =>
      day === 9 && hour >= 8 && hour < 16 ? (hour >= 11 && hour < 12 ? 1e7 : 1000) : 1;
    expect(told(meter(12, racing, ['activeEnergyWh']))).toEqual(['firing day 9', 'resolved day 9']);
  });

  it('is told of power that flows out as of power that flows in', () => {
    expect(told(meter(12, onOneDay(-1000), ['activePowerW']))).toEqual(['firing day 9', 'resolved day 9']);
  });

  it('is what the meter says after four weeks', () => {
    expect(told(meter(40, (day) => (day >= 5 ? 1000 : 1), ['activePowerW']))).toEqual([
      'firing day 5',
      'resolved day 33',
    ]);
  });
});

describe('the peak guard, when a meter is out of all scale', () => {
  /** Afterwards the house takes four times as much in an hour. */
  const peakOn =
    (day: number, before: Times): Times =>
    (now, hour) =>
      now === day && hour >= 17 && hour < 18 ? 4 : before(now, hour);
  const peaks = (readings: readonly Reading[]) =>
    judge(readings, { types: ['peak-guard'] })
      .filter(({ alert }) => alert.state === 'firing')
      .map(({ alert, atMs }) => [Math.floor((atMs - T0) / DAY), Number(alert.facts.projectedKw)] as const);

  it.each([[['activePowerW']], [['activeEnergyWh']], [ALL]] as const)(
    'takes none of it for a peak, and tells the true ones behind it: %s',
    (quantities) => {
      const found = peaks(meter(13, peakOn(11, onOneDay(1000)), quantities));
      expect(found.filter(([, kw]) => kw > 200)).toEqual([]);
      expect(found.map(([day]) => day)).toContain(11);
      // What it says meanwhile is known to nobody, as when it is silent.
      expect(found.filter(([day]) => day === 9)).toEqual([]);
    },
  );

  it('doubts a power that is as much as the meter can say, while its register races', () => {
    const clipped = meter(13, peakOn(11, onOneDay(1000))).map((reading) =>
      reading.point.quantity === 'activePowerW'
        ? { ...reading, value: Math.min(reading.value, 100_000) }
        : reading,
    );
    const found = peaks(clipped);
    expect(found.filter(([day]) => day === 9)).toEqual([]);
    expect(found.map(([day]) => day)).toContain(11);
  });

  it('doubts no register for more than a moment when the power alone leaps once', () => {
    const leap: Times = (day, hour) => (day === 11 && hour === 17 ? 1000 : 1);
    const found = peaks(
      meter(
        13,
        peakOn(11, () => 1),
      ).map((reading, i) => {
        const [day, hour] = [Math.floor(i / 576), ((i >> 1) % 288) / 12];
        const isPower = reading.point.quantity === 'activePowerW';
        return isPower ? { ...reading, value: reading.value * leap(day, hour) } : reading;
      }),
    );
    expect(found.filter(([, kw]) => kw > 200)).toEqual([]);
    expect(found.map(([day]) => day)).toContain(11);
  });

  it('believes what goes on for four weeks, and guards by it', () => {
    const found = peaks(meter(38, (day) => (day >= 5 ? 1000 : 1), ['activePowerW']));
    expect(found.filter(([day]) => day >= 5 && day < 33).every(([, kw]) => kw < 200)).toBe(true);
    expect(found.filter(([day]) => day > 33).every(([, kw]) => kw > 10_000)).toBe(true);
    expect(found.at(-1)?.[0]).toBeGreaterThan(33);
  });
});

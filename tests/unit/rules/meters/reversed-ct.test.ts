import { describe, expect, it } from 'vitest';
import type { Building, Device } from '../../../../src/domain/register.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';

const HOUR = 3_600_000;
/** Local midnight. */
const T0 = Date.UTC(2026, 5, 1, 22);
const device: Device = { id: 'el', model: 'kvarter', building: 'b1', role: 'electricityMain' };

/** W at an hour of a day. */
type Watts = (day: number, hour: number) => number;
const home: Watts = (_, hour) => (hour < 6 ? 900 : 2000);
const sunny: Watts = (day, hour) => home(day, hour) - (hour > 6 && hour < 19 ? 9000 : 0);

function told(phases: Readonly<Record<string, Watts>>, whole?: Watts, of: Partial<Building> = {}) {
  const register = registerOf([{ id: 'b1', ...of }], [device]);
  const readings = Array.from({ length: 6 * 24 }, (_, n) => {
    const [day, hour] = [Math.floor(n / 24), n % 24];
    const at = (quantity: 'activePowerW' | 'phasePowerW', watts: Watts, channel?: string) =>
      readingOf(
        { device: 'el', quantity, role: 'electricityMain', ...(channel ? { channel } : {}) },
        T0 + n * HOUR + 60_000,
        watts(day, hour),
      );
    return [
      ...(whole ? [at('activePowerW', whole)] : []),
      ...Object.entries(phases).map(([channel, watts]) => at('phasePowerW', watts, channel)),
    ];
  }).flat();
  return judge(readings, { types: ['reversed-ct'], register }).map(
    ({ alert: { state, title, facts } }) => [state, title, facts.phases ?? ''] as const,
  );
}

describe('a reversed current transformer', () => {
  const back: Watts = (day, hour) => (day >= 2 ? -1 : 1) * home(day, hour);

  it('is told by its phase, with what the others show, and its end', () => {
    const mended: Watts = (day, hour) => (day >= 2 && day < 5 ? -1 : 1) * home(day, hour);
    const title = 'Current transformer reversed: phase L2 of el shows -1.1 kW by night';
    expect(told({ L1: home, L2: mended, L3: home }, home)).toEqual([
      ['firing', title, 'L2'],
      ['resolved', title, 'L2'],
    ]);
  });

  it('is told by the whole where no phase is known, and of a meter that was put in so', () => {
    expect(told({}, back)).toEqual([
      ['firing', 'Current transformer reversed: el shows -1.1 kW by night', ''],
    ]);
    expect(told({ L1: (day, hour) => -home(day, hour), L2: home, L3: home })).toHaveLength(1);
  });

  it('is told as of the end of a night on the wall clock, also of the one in which that is put forward', () => {
    const fromMs = Date.parse('2027-03-26T00:00+01:00');
    const backMs = Date.parse('2027-03-27T12:00+01:00');
    const readings = Array.from({ length: 5 * 24 }, (_, n) => {
      const atMs = fromMs + n * HOUR + 60_000;
      const point = { device: 'el', quantity: 'activePowerW', role: 'electricityMain' } as const;
      return readingOf(point, atMs, atMs < backMs ? 900 : -900);
    });
    const [first] = judge(readings, { types: ['reversed-ct'], register: registerOf([{}], [device]) });
    expect(first?.alert.facts.since).toBe(new Date('2027-03-27T05:00+01:00').toISOString());
  });

  it('is not what the sun makes of a day, nor a battery of a night', () => {
    expect(told({ L1: sunny, L2: sunny, L3: sunny }, sunny)).toEqual([]);
    const battery = { id: 'battery', capacityKwh: 10, chargeKw: 5, dischargeKw: 5 };
    expect(told({ L1: home, L2: back, L3: home }, home, { battery } as Partial<Building>)).toEqual([]);
  });
});

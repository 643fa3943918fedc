import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../../src/domain/reading.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf } from '../../../support/readings.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 11, 23);

/** A heat meter each quarter of an hour, by hour. */
function meter(hours: number, of: (hour: number) => { powerW: number; flowLph: number }): Reading[] {
  return Array.from({ length: hours * 4 }, (_, i): Reading[] => {
    const { powerW, flowLph } = of(i / 4);
    const reading = (quantity: 'heatPowerW' | 'flowLph', value: number) =>
      readingOf({ device: 'd', quantity, role: 'heatMain' }, T0 + i * 15 * MINUTE, value);
    return [reading('heatPowerW', powerW), reading('flowLph', flowLph)];
  }).flat();
}
const well = { powerW: 30_000, flowLph: 650 };
const told = (readings: readonly Reading[]) =>
  judge(readings, { types: ['energy-without-flow'] }).map(({ alert: { state, title }, atMs }) => [
    state,
    title,
    (atMs - T0) / MINUTE / 60,
  ]);

describe('a heat meter whose power and flow do not belong together', () => {
  it('shows energy without flow', () => {
    expect(told(meter(30, (hour) => (hour >= 10 && hour < 20 ? { ...well, flowLph: 0 } : well)))).toEqual([
      ['firing', 'Energy without flow: 30 kW at 0 l/h at d', 13],
      ['resolved', 'Energy without flow: 30 kW at 0 l/h at d', 22],
    ]);
  });

  it('shows flow without energy', () => {
    expect(told(meter(30, (hour) => (hour >= 10 ? { ...well, powerW: 0 } : well)))).toEqual([
      ['firing', 'Flow without energy: 0 W at 650 l/h at d', 13],
    ]);
  });

  it('rests in summer, and stands still for an hour, without a word', () => {
    const rests = (hour: number) => hour < 20 || hour === 25;
    expect(told(meter(30, (hour) => (rests(hour) ? { powerW: 0, flowLph: 0 } : well)))).toEqual([]);
    expect(told(meter(30, (hour) => (hour >= 10 && hour < 11 ? { ...well, flowLph: 0 } : well)))).toEqual([]);
  });
});

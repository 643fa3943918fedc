import { describe, expect, it } from 'vitest';
import { createChance } from '../../../simulators/chance.ts';
import type { SensorPoint } from '../../../simulators/sensors/points.ts';
import { createFaultySensor } from '../../../simulators/sensors/sensor-faults.ts';
import type { SensorFaultKind } from '../../../simulators/truth.ts';
import type { Quantity } from '../../../src/domain/quantity.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 15);
const point = (quantity: Quantity): SensorPoint => ({
  carried: { quantity, step: 1, min: 0, max: 1e12 },
  source: { of: 'world', quantity },
});

/** What a sensor says hour by hour of a true series, with one fault from the third hour until before the sixth. */
function said(
  kind: SensorFaultKind,
  size: number,
  quantity: Quantity,
  truth: readonly number[],
  ahead = 0,
  channel?: string,
) {
  const fault = {
    kind,
    size,
    building: 'b',
    subject: 'd',
    fromMs: START_MS + 3 * HOUR_MS,
    toMs: START_MS + 6 * HOUR_MS,
  };
  const faulty = createFaultySensor([fault], createChance(1), {
    isPrimary: () => true,
    aheadOf: () => ahead,
  });
  const one = { ...point(quantity), ...(channel === undefined ? {} : { channel }) };
  const values = truth.map((value, hour) => faulty.said(one, value, START_MS + hour * HOUR_MS));
  const silent = truth.map((_, hour) => faulty.isSilent(START_MS + hour * HOUR_MS));
  return { values, silent, faulty };
}

const gauge = [20, 21, 22, 21, 20, 21, 22, 21];
const register = [100, 110, 120, 130, 140, 150, 160, 170];

describe('a sensor that is faulty from the third to the sixth hour', () => {
  it.each([
    ['stuck-value', 1, gauge, [20, 21, 22, 21, 21, 21, 22, 21]],
    ['offset', 3, gauge, [20, 21, 22, 24, 23, 24, 22, 21]],
    ['drift', 24, gauge, [20, 21, 22, 21, 21, 23, 22, 21]],
  ] as const)('by %s', (kind, size, truth, expected) => {
    expect(said(kind, size, 'airTemperatureC', truth).values).toEqual(expected);
  });

  it('by spikes shows the first at once, and only then', () => {
    const { values } = said('spike', 10, 'activePowerW', gauge);
    expect(values[3]).toBe(210);
    expect([values[0], values[2], values[6], values[7]]).toEqual([20, 22, 22, 21]);
  });

  it('by a wrong ratio shows other power meanwhile, and counts on from what it has', () => {
    expect(said('wrong-ct-ratio', 2, 'activePowerW', gauge).values).toEqual([20, 21, 22, 42, 40, 42, 22, 21]);
    const { values } = said('wrong-ct-ratio', 2, 'activeEnergyWh', register);
    expect(values).toEqual([100, 110, 120, 140, 160, 180, 190, 200]);
  });

  it('by a reversed transformer shows its phase the other way, and the sum less by twice of it', () => {
    expect(said('reversed-ct', 2, 'phasePowerW', gauge, 0, 'L2').values).toEqual([
      20, 21, 22, -21, -20, -21, 22, 21,
    ]);
    expect(said('reversed-ct', 2, 'phasePowerW', gauge, 0, 'L1').values).toEqual(gauge);
    expect(said('reversed-ct', 2, 'currentA', gauge, 0, 'L2').values).toEqual(gauge);
    expect(said('reversed-ct', 2, 'activePowerW', gauge).values[3]).toBeCloseTo(21 * 0.32);
    const { values } = said('reversed-ct', 2, 'activeEnergyWh', register);
    expect(values.map((value) => Math.round(value * 10) / 10)).toEqual([
      100, 110, 120, 123.2, 126.4, 129.6, 139.6, 149.6,
    ]);
  });

  it('by a reset register begins again, and stays behind', () => {
    const { values } = said('register-reset', 1, 'activeEnergyWh', register);
    expect(values).toEqual([100, 110, 120, 10, 20, 30, 40, 50]);
  });

  it('by one fault after another shows each of them', () => {
    const during = (kind: SensorFaultKind, fromHour: number, toHour: number, size = 1) => ({
      ...{ kind, size, building: 'b', subject: 'd' },
      fromMs: START_MS + fromHour * HOUR_MS,
      toMs: START_MS + toHour * HOUR_MS,
    });
    const faults = [
      ...[during('wrong-ct-ratio', 1, 2, 2), during('register-reset', 3, 4)],
      ...[during('wrong-ct-ratio', 5, 6, 3), during('register-reset', 7, 8)],
    ];
    const faulty = createFaultySensor(faults, createChance(1), { isPrimary: () => true, aheadOf: () => 0 });
    const one = point('activeEnergyWh');
    const values = register.map((value, hour) => faulty.said(one, value, START_MS + hour * HOUR_MS));
    expect(values).toEqual([100, 120, 130, 10, 20, 50, 60, 10]);
  });

  it('by a register that is full begins at nothing, when it is planned', () => {
    const { values, faulty } = said('register-roll-over', 1000, 'activeEnergyWh', register, 870);
    expect(values).toEqual([970, 980, 990, 0, 10, 20, 30, 40]);
    expect(faulty.rolledOverMs()).toBe(START_MS + 3 * HOUR_MS);
  });

  it('by silence says nothing', () => {
    expect(said('missing', 1, 'airTemperatureC', gauge).silent).toEqual([
      ...[false, false, false],
      ...[true, true, true],
      ...[false, false],
    ]);
  });

  it('by dirt sees it close before it, and by a fall other things', () => {
    const far = gauge.map(() => 1400);
    const { values } = said('sensor-fouled', 200, 'distanceMm', far);
    expect(values.slice(3, 6).every((value) => value <= 200 && value >= 180)).toBe(true);
    expect(values.slice(6)).toEqual([1400, 1400]);
    expect(
      said(
        'container-tilted',
        60,
        'tilted',
        gauge.map(() => 0),
      ).values,
    ).toEqual([0, 0, 0, 1, 1, 1, 0, 0]);
  });
});

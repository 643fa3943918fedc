import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { carStays } from '../../../../src/energy/storage/cars.ts';
import { simulate } from '../../../../src/energy/storage/simulate.ts';

const HOURS = 48;
const visit = fc
  .tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 1, max: 14 }),
    fc.double({ min: 0.1, max: 60, noNaN: true }),
  )
  .map(([from, hours, kwh]) => ({
    fromMs: from * HOUR_MS,
    toMs: Math.min(from + hours, HOURS) * HOUR_MS,
    kwh,
  }));

const asked = fc.array(fc.double({ min: 0, max: 40, noNaN: true }), { minLength: HOURS, maxLength: HOURS });

test('whatever is asked for, every car is full when it leaves, and takes no more than its charger gives', () => {
  fc.assert(
    fc.property(fc.array(visit, { minLength: 1, maxLength: 8 }), asked, (visits, wishes) => {
      const charger = { chargeKw: 7, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };
      const stays = carStays(visits, charger, { fromMs: 0, stepMs: HOUR_MS });
      const { powerKw, storedKwh } = simulate(
        stays,
        { fromMs: 0, stepMs: HOUR_MS, netKw: new Float64Array(HOURS) },
        {
          learn: () => undefined,
          powerFor: (atMs) => wishes[atMs / HOUR_MS] ?? 0,
          end: () => undefined,
        },
      );
      const thereAt = (hour: number) =>
        stays.cars.filter(({ fromMs, toMs }) => fromMs <= hour * HOUR_MS && toMs > hour * HOUR_MS);
      let [charged, gone] = [0, 0];
      for (let hour = 0; hour < HOURS; hour += 1) {
        const there = thereAt(hour);
        expect(powerKw[hour]).toBeLessThanOrEqual(7 * there.length + 1e-9);
        charged += powerKw[hour] ?? 0;
        // What all have taken is in those that are there, and in those that have left, full.
        expect(charged).toBeCloseTo(gone + (storedKwh[hour] ?? 0), 6);
        const leaving = there.filter(({ toMs }) => toMs === (hour + 1) * HOUR_MS);
        gone += leaving.reduce((sum, { kwh }) => sum + kwh, 0);
      }
      expect(charged).toBeCloseTo(
        stays.cars.reduce((sum, { kwh }) => sum + kwh, 0),
        6,
      );
    }),
  );
});

test('it gives to the car that can wait the shortest, so that both can be charged later', () => {
  const charger = { chargeKw: 10, importLimitKw: Number.POSITIVE_INFINITY, exportLimitKw: 0 };
  const visits = [
    { fromMs: 0, toMs: 4 * HOUR_MS, kwh: 10 },
    { fromMs: 0, toMs: 6 * HOUR_MS, kwh: 50 },
  ];
  const course = carStays(visits, charger, { fromMs: 0, stepMs: HOUR_MS }).course?.(1);
  // The second needs five of its six hours, the first one of its four.
  expect(course?.enter(0)).toMatchObject({ minKw: 0, mustKw: 0, maxKw: 20 });
  course?.take(10);
  expect(course?.enter(HOUR_MS)).toMatchObject({ storedKwh: 10, mustKw: 0, maxKw: 20 });
  course?.take(0);
  // Now it has to take ten each hour, and the first can still wait.
  expect(course?.enter(2 * HOUR_MS)).toMatchObject({ storedKwh: 10, mustKw: 10, maxKw: 20 });
});

import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { carStays } from '../../../../src/energy/storage/cars.ts';

const charger = { chargeKw: 4, importLimitKw: 20, exportLimitKw: 0 };
const hourly = { fromMs: 0, stepMs: HOUR_MS };
const at = (hour: number) => hour * HOUR_MS;

test('a car is there in the whole steps between its coming and its going', () => {
  const stays = carStays([{ fromMs: at(17.2), toMs: at(31.9), kwh: 10 }], charger, hourly);
  const hours = Array.from({ length: 48 }, (_, hour) => hour).filter((hour) => stays.at(at(hour)));
  expect([hours[0], hours.at(-1), hours.length]).toEqual([18, 30, 13]);
  expect(stays.at(at(18))).toBe(stays.at(at(30)));
  expect(stays.at(at(18))?.site.battery).toMatchObject({
    capacityKwh: 10,
    dischargeKw: 0,
    initialKwh: 0,
    finalKwh: 10,
  });
});

test('it takes no more than there is time for', () => {
  const visits = [
    { fromMs: at(1), toMs: at(4), kwh: 50 },
    { fromMs: at(20.1), toMs: at(20.9), kwh: 5 },
  ];
  const stays = carStays(visits, charger, hourly);
  expect(stays.cars.map(({ kwh }) => kwh)).toEqual([12]);
  expect(stays.at(at(20))).toBeUndefined();
});

test('one car leaves and the next comes', () => {
  const visits = [
    { fromMs: at(1), toMs: at(4), kwh: 4 },
    { fromMs: at(4), toMs: at(6), kwh: 8 },
  ];
  const stays = carStays(visits, charger, hourly);
  expect([0, 3, 4, 5, 6].map((hour) => stays.at(at(hour))?.site.battery.capacityKwh)).toEqual([
    undefined,
    4,
    8,
    8,
    undefined,
  ]);
});

test('cars that are there together are one store, until the next one comes', () => {
  const visits = [
    { fromMs: at(2), toMs: at(9), kwh: 8 },
    { fromMs: at(1), toMs: at(4), kwh: 6, kw: 3 },
  ];
  const stays = carStays(visits, charger, hourly);
  const both = stays.at(at(2));
  expect(stays.at(at(8))).toBe(both);
  expect(both?.site.battery).toMatchObject({ capacityKwh: 14, chargeKw: 7, finalKwh: 14 });
  expect(stays.limitsAhead?.(at(2), 4).map(({ chargeKw }) => chargeKw)).toEqual([7, 7, 4, 4]);
  // The first car is full when it leaves at 4; the second can wait until 7.
  expect([...(stays.leastAhead?.(at(2), 7) ?? [])]).toEqual([3, 6, 6, 6, 6, 10, 14]);
});

test('what a car took leaves with it when the next one comes', () => {
  const visits = [
    { fromMs: at(1), toMs: at(4), kwh: 6 },
    { fromMs: at(1), toMs: at(9), kwh: 8 },
    { fromMs: at(5), toMs: at(9), kwh: 2 },
  ];
  const stays = carStays(visits, charger, hourly);
  const [first, second] = [stays.at(at(1)), stays.at(at(5))];
  if (!first || !second) throw new Error('no stay');
  expect(second.site.battery.capacityKwh).toBe(10);
  expect([9, 5, 30].map((kwh) => stays.storedAtStart?.(second, first, kwh))).toEqual([3, 0, 10]);
});

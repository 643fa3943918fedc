import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { alwaysThere, carStays } from '../../../../src/energy/storage/stays.ts';

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
  expect(stays.list.map(({ site }) => site.battery.capacityKwh)).toEqual([12]);
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

test('a battery is always there', () => {
  const [first] = carStays([{ fromMs: 0, toMs: at(9), kwh: 9 }], charger, hourly).list;
  if (!first) throw new Error('no stay');
  const stays = alwaysThere(first.site, at(100));
  expect(stays.at(at(-5))).toBe(stays.at(at(99)));
});

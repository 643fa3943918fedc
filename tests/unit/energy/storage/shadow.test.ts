import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { zoneOf } from '../../../../src/domain/zone.ts';
import { createShadow, daysLived, type Shadow, shadowStep } from '../../../../src/energy/storage/shadow.ts';

const zone = zoneOf('Europe/Stockholm');
const site = {
  battery: {
    capacityKwh: 4,
    chargeKw: 2,
    dischargeKw: 2,
    chargeEfficiency: 1,
    dischargeEfficiency: 1,
    lossPerHour: 0,
    initialKwh: 2,
    finalKwh: 2,
  },
  importLimitKw: Number.POSITIVE_INFINITY,
  exportLimitKw: 0,
};
const mondayMs = Date.parse('2025-03-24T00:00:00+01:00');
const hoursOf = (days: number) => days * 24;

test('the day in which it began is not judged, and of the others each hour is where it was', () => {
  const shadow = begun();
  live(shadow, { from: 13, to: hoursOf(2) });
  const days = daysLived(shadow, mondayMs + hoursOf(2) * HOUR_MS);
  expect(days.map(({ dayMs }) => (dayMs - mondayMs) / HOUR_MS)).toEqual([24]);
  expect(days[0]?.importKw).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
});

test('the day that is not over is not judged', () => {
  const shadow = begun();
  live(shadow, { from: 0, to: hoursOf(1) + 23 });
  expect(daysLived(shadow, mondayMs + hoursOf(1) * HOUR_MS)).toHaveLength(1);
});

test('a day of which the load is missing is not judged; one hour may be', () => {
  const shadow = begun();
  live(shadow, { from: 0, to: hoursOf(3), isMissing: (hour) => hour === 5 || (hour >= 30 && hour < 40) });
  const days = daysLived(shadow, mondayMs + hoursOf(3) * HOUR_MS);
  expect(days.map(({ dayMs }) => (dayMs - mondayMs) / HOUR_MS)).toEqual([0, 48]);
});

test('the day on which the clock is put forward has 23 hours', () => {
  const shadow = begun();
  live(shadow, { from: 0, to: hoursOf(7) });
  expect(daysLived(shadow, mondayMs + hoursOf(8) * HOUR_MS).at(-1)?.importKw).toHaveLength(23);
});

test('one that began later is supposed to have lived as another one did, and lives on by itself', () => {
  const old = begun();
  live(old, { from: 0, to: hoursOf(1) + 12 });
  const late = createShadow({ levelKw: 3, caution: 1 }, site, old);
  late.value = { powerIn: () => 1 };
  live(old, { from: hoursOf(1) + 12, to: hoursOf(2) });
  live(late, { from: hoursOf(1) + 12, to: hoursOf(2) });
  const days = daysLived(late, mondayMs + hoursOf(2) * HOUR_MS);
  expect(days.map(({ importKw }) => importKw[12])).toEqual([12, 13]);
  expect(daysLived(old, mondayMs + hoursOf(2) * HOUR_MS).map(({ importKw }) => importKw[12])).toEqual([
    12, 12,
  ]);
});

function begun(): Shadow {
  return { ...createShadow({ levelKw: 5, caution: 1 }, site), value: { powerIn: () => 0 } };
}

/** Hours since Monday; the load is the hour of the day. */
function live(
  shadow: Shadow,
  { from, to, isMissing = () => false }: { from: number; to: number; isMissing?: (hour: number) => boolean },
): void {
  for (let hour = from; hour < to; hour += 1) {
    const fromMs = mondayMs + hour * HOUR_MS;
    const netKw = isMissing(hour) ? Number.NaN : hour % 24;
    const day = zone.dayAt(fromMs);
    shadowStep(shadow, site, { step: 0, isPlanned: true, fromMs, day, netKw, hours: 1, buy: 1, sell: 0 });
  }
}

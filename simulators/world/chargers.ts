import type { Chance } from '../chance.ts';
import type { Moment } from './calendar.ts';
import type { BuildingDetails } from './details.ts';

/**
 * Cars that come home, are plugged in and share a connection. After Norwegian residential charging (Sørensen et al.,
 * Data in Brief 36 (2021): 0.4 to 0.6 sessions a car and day, most plugged in from 15 to 19, 11 kWh in the mean).
 */
const SESSIONS_PER_DAY = 0.45;
const MEAN_KWH = 10;
/** Of the cars, those that wait for the night. */
const TIMER_SHARE = 0.45;
const TIMER_HOUR = 22.5;
const EFFICIENCY = 0.9;
/** Nobody plugs in before: those who do are on a trip that this leaves out. */
const EARLIEST_HOUR = 9;

export function createChargers(
  { evChargers, evChargerKw }: BuildingDetails,
  groupKw: number | undefined,
  chance: Chance,
) {
  const cars = Math.max(evChargers, 0);
  const own = Array.from({ length: cars + 40 }, (_, car) => chance.fork(`car ${car}`));
  const neededWh = new Float64Array(cars + 40);
  const startHour = new Float64Array(cars + 40);
  const leaveMs = new Float64Array(cars + 40);
  const cameOn = new Float64Array(cars + 40).fill(-1);
  const shareKw = groupKw ?? 0.5 * cars * evChargerKw;

  /** A car's evening: at most one arrival a day, asked at each step until it has come. */
  const arrive = (car: number, moment: Moment, outdoorC: number, isPiling: boolean): void => {
    const chanceOf = own[car];
    if (!chanceOf || cameOn[car] === moment.day) return;
    const { day, hour, isFree } = moment;
    const spread = isFree ? 3 : 1.5;
    const usualHour =
      (isFree ? 16.5 : 17.2) + spread * Math.max(Math.min(chanceOf.normal(2 * day), 2.2), -2.2);
    const hourOf = isPiling
      ? 16.9 + 0.4 * chanceOf.at(2 * day)
      : Math.min(Math.max(usualHour, EARLIEST_HOUR), 23.5);
    if (hour < hourOf) return;
    cameOn[car] = day;
    if (hour > hourOf + 1 || (!isPiling && chanceOf.at(2 * day + 1) > SESSIONS_PER_DAY)) return;
    // Winter takes its share: heating, dense air, snow (about 1 % a degree below 15 °C).
    const winter = 1 + 0.01 * Math.max(15 - outdoorC, 0);
    const kwh = MEAN_KWH * Math.exp(0.62 * chanceOf.normal(2 * day + 1) - 0.19) * winter;
    neededWh[car] = Math.min((neededWh[car] ?? 0) + (1000 * Math.min(kwh, 55)) / EFFICIENCY, 75_000);
    if (isPiling) neededWh[car] = Math.max(neededWh[car] ?? 0, 16_000);
    const waits = !isPiling && chanceOf.at(0) < TIMER_SHARE && hour < TIMER_HOUR;
    startHour[car] = waits ? TIMER_HOUR + 0.5 * chanceOf.at(1) : hour;
    leaveMs[car] = moment.atMs + (31 - hour + 1.5 * chanceOf.normal(-day)) * 3_600_000;
  };

  /** Power of all chargers in a step, W. `piling`: cars that come on top while nothing waits or shares. */
  return (
    moment: Moment,
    stepMs: number,
    outdoorC: number,
    { piling, limitW }: { piling: number | undefined; limitW: number },
  ): number => {
    const count = cars + Math.min(piling ?? 0, 40);
    if (count === 0) return 0;
    const hours = stepMs / 3_600_000;
    const perCarW = evChargerKw * 1000;
    let asked = 0;
    let active = 0;
    for (let car = 0; car < count; car += 1) {
      arrive(car, moment, outdoorC, piling !== undefined);
      if ((neededWh[car] ?? 0) <= 0) continue;
      if (moment.atMs >= (leaveMs[car] ?? 0)) {
        neededWh[car] = 0;
        continue;
      }
      if (!isDue(car, moment, piling !== undefined)) continue;
      active += 1;
      asked += Math.min(perCarW, (neededWh[car] ?? 0) / hours);
    }
    if (active === 0) return 0;
    const groupW = piling === undefined ? shareKw * 1000 : count * perCarW;
    const shared = Math.min(groupW, limitW, asked) / asked;
    let totalW = 0;
    for (let car = 0; car < count; car += 1) {
      const needed = neededWh[car] ?? 0;
      if (needed <= 0 || !isDue(car, moment, piling !== undefined)) continue;
      const watts = Math.min(perCarW, needed / hours) * shared;
      neededWh[car] = needed - watts * hours < 1 ? 0 : needed - watts * hours;
      totalW += watts;
    }
    return totalW;
  };

  function isDue(car: number, { hour }: Moment, isPiling: boolean): boolean {
    // Past midnight every timer has come.
    return isPiling || hour < 12 || hour >= (startHour[car] ?? 0);
  }
}

import type { Chance } from '../chance.ts';
import { createAppliances } from './appliances.ts';
import type { Moment } from './calendar.ts';
import type { BuildingDetails } from './details.ts';
import { active, atHome, lessons, meals, meanOf, profileAt, taps } from './profiles.ts';

/** What people in a building do in a step. */
export type Living = {
  /** Household electricity (of a school: lighting, kitchen and computers), W. */
  powerW: number;
  coldLitres: number;
  /** At the temperature of the tank. */
  hotLitres: number;
  /** Share of the people at home, and awake there. */
  present: number;
  active: number;
};

const STEPS_PER_HOUR = 12;
const TAPS_MEAN = meanOf(taps);
/** Refrigerators and stand-by, W per household: 660 kWh a year (Zimmermann 2009, measurements in 400 Swedish households). */
const STANDING_W = 78;
/** Lamps and screens of a household whose people are all awake and at home on a dark evening, W. */
const LIVELY_W = 300;

/** Litres and how many of them are hot: a shower of two steps, a tap, a flush, a machine. */
const SHOWER = { perDay: 0.82, hotL: 17, coldL: 12, steps: 2 };
const TAP = { perDay: 9, hotL: 1.4, coldL: 2.4 };
const FLUSH = { perDay: 6, coldL: 6 };

/**
 * The people of a building as a crowd: a Poisson number of them does each thing in each step, so that few households
 * are jumpy and many are smooth, as they are.
 */
export function createHouseholds(details: BuildingDetails, chance: Chance) {
  const own = chance.fork('living');
  const { kind, flats, persons, areaM2 } = details;
  const isSchool = kind === 'school';
  const households = isSchool ? 0 : kind === 'care-home' ? flats * 0.6 : flats;
  const shiftHours = (own.at(1) - 0.5) * 0.9;
  const thrift = 0.85 + 0.3 * own.at(2);
  // Schools differ more than homes do: servers and cold stores, halls, canteens.
  const school = { standingW: 1.1 + 2.4 * own.at(3), evening: 0.1 + 0.5 * own.at(4), kitchen: own.at(5) };
  const showers = new Float64Array(SHOWER.steps);
  const appliancesW = createAppliances(households * thrift, shiftHours, own);
  const shower = own.fork('shower');
  const tap = own.fork('tap');
  const flush = own.fork('flush');
  const mood = own.fork('mood');
  const living: Living = { powerW: 0, coldLitres: 0, hotLitres: 0, present: 0, active: 0 };

  const drawWater = (step: number, moment: Moment, here: number): void => {
    const drinkers = isSchool
      ? persons * 0.12 * (moment.isSchoolDay ? profileAt(lessons, moment) : 0.02) * 15
      : persons;
    const often = isSchool ? 1 : profileAt(taps, moment, shiftHours) / TAPS_MEAN;
    const perStep = (drinkers * here * often) / 24 / STEPS_PER_HOUR;
    showers[step % SHOWER.steps] = isSchool ? 0 : shower.count(step, perStep * SHOWER.perDay);
    const showering = (showers[0] ?? 0) + (showers[1] ?? 0);
    const tapping = tap.count(step, perStep * TAP.perDay);
    const flushing = flush.count(step, perStep * FLUSH.perDay);
    living.hotLitres = showering * SHOWER.hotL + tapping * TAP.hotL;
    living.coldLitres = showering * SHOWER.coldL + tapping * TAP.coldL + flushing * FLUSH.coldL;
  };

  /** `darkness` is 0 in full daylight, 1 at night. */
  return (step: number, moment: Moment, darkness: number): Living => {
    const here = isSchool ? 1 : moment.atHome;
    drawWater(step, moment, here);
    const restless = 1 + 0.05 * mood.wave(moment.atMs, 3_600_000) + 0.06 * mood.wave(moment.atMs, 86_400_000);
    if (isSchool) {
      const open = moment.isSchoolDay ? profileAt(lessons, moment, shiftHours) : 0.02;
      living.present = moment.isSchoolDay ? open : 0;
      living.active = living.present;
      const kitchen = moment.isSchoolDay ? 2.2 * profileAt(meals, moment) : 0;
      // Sports, courses and cleaning after the lessons.
      const evening =
        moment.hour >= 16 && moment.hour < 21.5 ? school.evening * (moment.isFree ? 0.3 : 1) : 0;
      const lit = Math.max(open, evening);
      living.powerW =
        areaM2 * (school.standingW + lit * (2.6 + 2.6 * darkness) + school.kitchen * kitchen) * restless;
      return living;
    }
    living.present = here * profileAt(atHome, moment, shiftHours);
    living.active = here * profileAt(active, moment, shiftHours);
    const lively = LIVELY_W * living.active * (0.42 + 0.58 * darkness);
    living.powerW = households * thrift * (STANDING_W + lively) * restless + appliancesW(step, moment, here);
    if (kind === 'care-home')
      living.powerW += areaM2 * (1.2 + 2 * profileAt(meals, moment) + 1.2 * darkness * living.active);
    return living;
  };
}

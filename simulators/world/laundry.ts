import type { Chance } from '../chance.ts';
import type { Moment } from './calendar.ts';
import type { BuildingDetails } from './details.ts';

const FLATS_PER_MACHINE = 16;
const MACHINE_KW = 4.5;
const FIRST_HOUR = 7;
const SLOTS = 5;
const SLOT_HOURS = 3;
/** Of the machines' power: two washes and a drying, by tenths of the slot. */
const COURSE = [0.75, 0.55, 0.12, 0.7, 0.5, 0.62, 0.6, 0.55, 0.3, 0];

/**
 * A laundry room, booked three hours at a time between 7 and 22. What is switched off goes on where it was when it is let
 * go, past the end of the slot if need be.
 */
export function createLaundry(
  { flats, kind }: BuildingDetails,
  { powerKw, hasRoom }: { powerKw: number | undefined; hasRoom: boolean },
  chance: Chance,
) {
  const usualKw = kind === 'school' || !hasRoom ? 0 : Math.ceil(flats / FLATS_PER_MACHINE) * MACHINE_KW;
  const fullW = (powerKw ?? usualKw) * 1000;
  let owedWh = 0;

  return (moment: Moment, stepMs: number, limitW: number): number => {
    if (fullW <= 0) return 0;
    const hours = stepMs / 3_600_000;
    const place = (moment.hour - FIRST_HOUR) / SLOT_HOURS;
    const slot = Math.floor(place);
    let wantedW = 0;
    if (slot >= 0 && slot < SLOTS) {
      const booking = moment.day * SLOTS + slot;
      const isBooked =
        chance.at(2 * booking) < (moment.weekday === 7 ? 0.42 : slot === 0 ? 0.3 : 0.5) * moment.atHome;
      const within = Math.floor((place - slot) * COURSE.length);
      if (isBooked) wantedW = fullW * (COURSE[within] ?? 0) * (0.6 + 0.4 * chance.at(2 * booking + 1));
    }
    const askedW = Math.min(wantedW + owedWh / Math.max(hours, 0.25), fullW);
    const watts = Math.min(askedW, limitW);
    owedWh = Math.max(owedWh + (wantedW - watts) * hours, 0);
    return watts;
  };
}

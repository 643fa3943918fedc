import { HOUR_MS } from '../src/domain/interval.ts';
import type { FlexibleLoad } from '../src/domain/register.ts';
import type { Chance } from './chance.ts';
import { hourly, type LocalTime } from './local-time.ts';
import type { Place } from './place.ts';

const MINUTE_MS = 60_000;

/** Fans, pumps, stairs and what stands in stand-by, W/m². */
const BASE_W_PER_M2 = 2;
/** Households at 1.0 of the profiles below, W/m². */
const HOUSEHOLD_W_PER_M2 = 2.5;
/** One household's share of the floor, m². */
const M2_PER_FLAT = 70;

const weekdays = [
  0.42, 0.35, 0.32, 0.3, 0.32, 0.45, 0.85, 1.1, 0.9, 0.7, 0.65, 0.68, 0.75, 0.68, 0.65, 0.75, 1.0, 1.4, 1.6,
  1.6, 1.45, 1.25, 0.95, 0.62,
];
const weekends = [
  0.5, 0.4, 0.35, 0.32, 0.32, 0.36, 0.48, 0.7, 0.95, 1.15, 1.2, 1.2, 1.2, 1.1, 1.05, 1.1, 1.25, 1.45, 1.55,
  1.5, 1.35, 1.2, 1.0, 0.7,
];

/**
 * Active power of a whole building, W, as a function of time: base and households by floor area, and the flexible loads
 * that the register gives it, so that what an alert proposes to shed is really running.
 */
export function createElectricity(place: Place): (atMs: number) => number {
  const { building, weather, localTime } = place;
  const chance = place.chance.fork('electricity');
  const areaM2 = place.areaM2 * (0.92 + 0.16 * chance.at(0));
  const kettles = kettlesOf(Math.max(Math.round(areaM2 / M2_PER_FLAT / 8), 1), chance);
  const loads = building.flexibleLoads.flatMap((load) => {
    const kind = loadKinds.find(({ id }) => load.id.startsWith(id));
    return kind ? [kind.create(load, place)] : [];
  });

  return (atMs) => {
    const local = localTime(atMs);
    const profile = hourly(local.weekday >= 6 ? weekends : weekdays, local.hour);
    const seasonal = 1.12 - 0.24 * weather.season(atMs);
    const noise =
      1 +
      0.07 * chance.wave(atMs, 30 * HOUR_MS) +
      0.07 * chance.wave(atMs, 2.5 * HOUR_MS) +
      0.06 * chance.wave(atMs, 20 * MINUTE_MS) +
      0.03 * chance.wave(atMs, 2 * MINUTE_MS);
    let powerW = areaM2 * BASE_W_PER_M2 * (1 + 0.03 * chance.wave(atMs, 7 * MINUTE_MS));
    powerW += areaM2 * HOUSEHOLD_W_PER_M2 * profile * seasonal * noise + kettles(atMs, profile);
    for (const load of loads) powerW += load(atMs, local);
    return powerW;
  };
}

/** Kettles and hobs, 2 kW for four minutes each: what makes a minute's power jump. */
function kettlesOf(count: number, chance: Chance): (atMs: number, profile: number) => number {
  const hobs = Array.from({ length: count }, (_, i) => chance.fork(`kettle ${i}`));
  return (atMs, profile) => {
    const slot = Math.floor(atMs / (4 * MINUTE_MS));
    return 2000 * hobs.filter((hob) => hob.at(slot) < 0.1 * profile).length;
  };
}

type Load = (atMs: number, local: LocalTime) => number;

/** Flexible loads that are simulated, by what their ids begin with; of others nothing is known, and nothing is drawn. */
const loadKinds: readonly { id: string; create: (load: FlexibleLoad, place: Place) => Load }[] = [
  { id: 'hp', create: heatPump },
  { id: 'ev', create: chargers },
  { id: 'laundry', create: laundry },
  { id: 'vent', create: ventilation },
];

function heatPump({ id, powerKw }: FlexibleLoad, { weather, chance }: Place): Load {
  const own = chance.fork(id);
  return (atMs) => {
    const share = clamped((16 - weather.outdoorTemperatureC(atMs)) / 27);
    return share * powerKw * 1000 * (0.92 + 0.08 * own.wave(atMs, 35 * MINUTE_MS));
  };
}

/** Below this outdoors at five o'clock, cars and saunas may meet in one hour, °C. */
const COLD_C = 8;
/** How often a cold weekday is such a day. */
const BUSY_SHARE = 0.45;

/**
 * Car chargers: some of them through the night, and on about every other cold weekday many at once from five. The more,
 * the later in the month, so that such an evening stands out from the month before it: what a peak guard is there for.
 */
function chargers({ id, powerKw }: FlexibleLoad, { weather, chance }: Place): Load {
  const own = chance.fork(id);
  const starts = own.fork('starts');
  return (atMs, { hour, day, weekday, dayOfMonth }) => {
    const night = hour >= 22 ? hour - 22 : hour + 2;
    const overnight = 0.16 * clamped(night) * clamped((7 - night) / 2) * (1 + own.wave(atMs, HOUR_MS));
    const from = 17 + 0.25 * starts.at(2 * day);
    const to = from + 1.5 + 0.5 * starts.at(2 * day + 1);
    let busy = 0;
    if (weekday <= 5 && hour >= from && hour < to && own.at(day) < BUSY_SHARE) {
      const isCold = weather.outdoorTemperatureC(atMs - (hour - 17) * HOUR_MS) < COLD_C;
      const ramp = clamped((hour - from) * 6) * clamped((to - hour) * 6);
      if (isCold) busy = (0.25 + 0.022 * dayOfMonth) * ramp * (1 + 0.03 * own.wave(atMs, 5 * MINUTE_MS));
    }
    return powerKw * 1000 * Math.max(overnight, busy);
  };
}

/** A laundry room, booked for three hours at a time between 7 and 22. */
function laundry({ id, powerKw }: FlexibleLoad, { chance }: Place): Load {
  const own = chance.fork(id);
  return (atMs, { hour, day, weekday }) => {
    if (hour < 7 || hour >= 22) return 0;
    const slot = Math.floor((hour - 7) / 3);
    if (own.at(day * 5 + slot) > (weekday === 7 ? 0.45 : 0.7)) return 0;
    const minute = ((hour - 7 - slot * 3) * 60) % 55;
    return (
      powerKw * 1000 * (minute < 18 ? 0.85 : minute < 42 ? 0.2 : 0) + 60 * own.wave(atMs, MINUTE_MS) ** 2
    );
  };
}

function ventilation({ powerKw }: FlexibleLoad): Load {
  return (_atMs, { hour }) => powerKw * 1000 * (hour >= 6 && hour < 22 ? 0.8 : 0.5);
}

function clamped(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}

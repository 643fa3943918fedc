import { DAY_MS } from '../../../src/domain/interval.ts';
import { zoneOf } from '../../../src/domain/zone.ts';
import { seededUniform } from '../../support/chance.ts';
import { type HourlyLoad, timeZone } from '../cambridge.ts';

/** A fault that was put into a meter. */
export type Put = { readonly building: string; readonly fromMs: number; readonly toMs: number } & Pick<
  Made,
  'size'
>;

type Made = {
  readonly size: string;
  /** What an hour of the faulty meter says, in place of what it was. */
  readonly says: (kwh: number, hour: number, weekday: number) => number;
};

export type RuleFault = {
  readonly name: string;
  readonly of: 'electricity' | 'heat';
  /** The rule that is to tell it, and its type where that is another. */
  readonly rule: string;
  readonly type?: string;
  readonly days: readonly [least: number, most: number];
  readonly make: (uniform: () => number, load: HourlyLoad) => Made;
};

/** The first two to three months are for learning, and so long lies between two faults. */
const QUIET_DAYS = [60, 90] as const;
/** What a house takes more of heat is asked for in these months. */
const HEATED = [10, 11, 12, 1, 2, 3, 4];
/** Cars that come home. */
const EVENING = { from: 17, to: 20 };

const ratios = [2 / 3, 1 / 2, 1 / 3, 3 / 2, 2, 3, 10, 1 / 10, 1000];

export const ruleFaults: readonly RuleFault[] = [
  {
    name: 'base load, a quarter to three quarters of the usual one',
    of: 'electricity',
    rule: 'night-base-load',
    days: [14, 40],
    make: (uniform, { hours }) => {
      const days = Map.groupBy(hours, ({ atMs }) => Math.floor(atMs / DAY_MS)).values();
      const floors = [...days].map((day) => Math.min(...day.map(({ kwh }) => kwh))).toSorted((a, b) => a - b);
      const floor = floors[Math.floor(floors.length / 2)] ?? 0;
      const more = Math.max(floor * (0.25 + 0.5 * uniform()), 1);
      return { size: percent(more / floor), says: (kwh) => kwh + more };
    },
  },
  {
    name: 'wrong ratio',
    of: 'electricity',
    rule: 'meter-ratio',
    days: [10, 30],
    make: (uniform) => {
      const ratio = ratios[Math.floor(uniform() * ratios.length)] ?? 1;
      return { size: ratio.toFixed(2), says: (kwh) => kwh * ratio };
    },
  },
  {
    name: 'cars in the evening, half to one and a half of the mean load',
    of: 'electricity',
    rule: 'evening-peak',
    days: [14, 30],
    make: (uniform, { hours }) => {
      const mean = hours.reduce((sum, { kwh }) => sum + kwh, 0) / hours.length;
      const more = Math.max(mean * (0.5 + uniform()), 7);
      return {
        size: percent(more / mean),
        says: (kwh, hour, weekday) => {
          const isCharged = hour >= EVENING.from && hour < EVENING.to && (weekday < 6 || uniform() < 0.5);
          return isCharged ? kwh + more * (0.8 + 0.4 * uniform()) : kwh;
        },
      };
    },
  },
  moreOf('electricity'),
  moreOf('heat'),
];

/** So much more in every hour: by day and night, on working days and others. */
function moreOf(of: RuleFault['of']): RuleFault {
  return {
    name: `a fifth to a half more ${of}`,
    of,
    rule: `unexplained-${of}`,
    type: 'unexplained-use',
    days: [14, 40],
    make: (uniform) => {
      const times = 1.2 + 0.3 * uniform();
      return { size: percent(times - 1), says: (kwh) => kwh * times };
    },
  };
}

/** A load with such faults in it, the same ones for the same building. */
export function withRuleFaults(
  { name, of, days, make }: RuleFault,
  load: HourlyLoad,
): { readonly load: HourlyLoad; readonly put: readonly Put[] } {
  const uniform = seededUniform(`${name} ${load.building}`);
  const spanMs = ([least, most]: readonly [number, number]) => (least + uniform() * (most - least)) * DAY_MS;
  const { local } = zoneOf(timeZone);
  const lastMs = load.hours.at(-1)?.atMs ?? 0;
  const put: (Put & Made)[] = [];
  let fromMs = (load.hours[0]?.atMs ?? 0) + spanMs(QUIET_DAYS);
  for (let toMs = fromMs + spanMs(days); toMs <= lastMs; toMs = fromMs + spanMs(days)) {
    const one = { building: load.building, fromMs, toMs, ...make(uniform, load) };
    if (of === 'electricity' || [fromMs, toMs].every((atMs) => HEATED.includes(local(atMs).month)))
      put.push(one);
    fromMs = toMs + spanMs(QUIET_DAYS);
  }
  const hours = load.hours.map((hour) => {
    const fault = put.find((one) => hour.atMs >= one.fromMs && hour.atMs < one.toMs);
    if (fault === undefined) return hour;
    const { minuteOfDay, weekday } = local(hour.atMs);
    return { ...hour, kwh: fault.says(hour.kwh, Math.floor(minuteOfDay / 60), weekday) };
  });
  return { load: { ...load, hours }, put };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

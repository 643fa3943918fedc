import type { Chance } from '../chance.ts';
import type { Moment } from './calendar.ts';
import { active, cooking, meanOf, profileAt } from './profiles.ts';

/**
 * What a household switches on now and then: how often a day, how many watts, and what of them in each step of five
 * minutes from then on. Hob and oven, kettle and microwave, dishwasher, washing machine. Frequencies and energies after
 * the measurements in 400 Swedish households (Zimmermann 2009, Energimyndigheten).
 */
const appliances = [
  { name: 'hob', perDay: 1.35, watts: 1500, on: [1, 1, 1, 1, 1], profile: cooking },
  { name: 'kettle', perDay: 3, watts: 1900, on: [0.8], profile: active },
  {
    name: 'dishwasher',
    perDay: 0.42,
    watts: 2000,
    on: [0.2, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 1, 1, 1, 0.1],
    profile: cooking,
  },
  {
    name: 'washing machine',
    perDay: 0.16,
    watts: 2000,
    on: [0.3, 1, 1, 1, 0.15, 0.15, 0.15, 0.15, 0.2],
    profile: active,
  },
];

const STEPS_PER_DAY = 288;
/** Steps that are remembered: more than the longest course, a power of two. */
const REMEMBERED = 16;

/** Power of the appliances of so many households in a step, W; asked step by step. `shiftHours`: how late people live. */
export function createAppliances(households: number, shiftHours: number, chance: Chance) {
  const kinds = appliances.map(({ name, perDay, watts, on, profile }) => ({
    perStep: (households * perDay) / STEPS_PER_DAY / meanOf(profile),
    watts: Float64Array.from(on, (share) => share * watts),
    recent: new Float64Array(REMEMBERED),
    profile,
    stream: chance.fork(`appliance ${name}`),
  }));
  return (step: number, moment: Moment, here: number): number => {
    let power = 0;
    for (const { perStep, watts, recent, profile, stream } of kinds) {
      const mean = perStep * here * profileAt(profile, moment, shiftHours);
      recent[step & (REMEMBERED - 1)] = stream.count(step, mean);
      for (let ago = 0; ago < watts.length; ago += 1) {
        power += (watts[ago] ?? 0) * (recent[(step - ago) & (REMEMBERED - 1)] ?? 0);
      }
    }
    return power;
  };
}

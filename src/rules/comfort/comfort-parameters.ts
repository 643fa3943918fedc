import { z } from 'zod';
import { contradictionsIn } from '../../comfort/limits.ts';
import { integer, number } from '../parameters.ts';

const kinds = (...names: readonly string[]) => z.array(z.string().min(1)).readonly().default(names);
const months = (...numbers: readonly number[]) => z.array(integer(1, 12)).readonly().default(numbers);

/**
 * Limits as `comfort:` of the settings has them for the report, and how long and how many are looked at. CO₂ and damp air
 * are told from more on: a third of flats is above 1,000 ppm over a day, which the report counts, and nobody visits them all.
 */
export const comfortParameters = z
  .strictObject({
    coldC: number(0, 40)
      .default(20)
      .describe('too cold below, °C; HSLF-FS 2024:10 for an ordinary air sensor'),
    sensitiveColdC: number(0, 40).default(22).describe('too cold below where sensitive people live, °C'),
    severeC: number(0, 40).default(18).describe('critical below, °C'),
    warmC: number(0, 60).default(24).describe('too warm above, °C'),
    summerWarmC: number(0, 60)
      .default(26)
      .describe('too warm above in summer, and on days on which nobody heats (from heatingBelowC on), °C'),
    weatherC: number(0, 60)
      .default(8)
      .describe(
        'where nobody is sensitive, a flat that is no more than this warmer than the day outdoors is warm by the weather: not told, °C',
      ),
    summerMonths: months(6, 7, 8).describe('months of summer, 1..12'),
    dryPct: number(0, 100).default(30).describe('too dry below, %, when the outdoor air does not explain it'),
    dampPct: number(0, 100)
      .default(75)
      .describe('too damp above, %, when the outdoor air and supplementGPerM3 do not explain it'),
    supplementGPerM3: number(0, 50)
      .default(4)
      .describe('what people may add to the water in the outdoor air, g/m³'),
    co2Ppm: number(400, 50_000).default(1500).describe('too little fresh air above, ppm CO₂'),
    coolingHours: number(1, 1000)
      .default(20)
      .describe('time constant of the quickest cooling without heat, h'),
    heatingBelowC: number(-20, 25)
      .default(11)
      .describe('heating can be lost while the day outdoors is colder than this, °C'),
    slackC: number(0, 20).default(1).describe('what noise and a short airing may add to an hour of it, °C'),
    referenceOutdoorC: number(-60, 60)
      .default(0)
      .describe('flats are compared at this outdoor temperature, °C'),
    assumedOutdoorC: number(-60, 60)
      .default(-25)
      .describe('taken where nothing is measured outdoors: as cold as it may be, °C'),
    sensitiveKinds: kinds('care').describe('kinds of spaces in which sensitive people live'),
    comparedKinds: kinds('classroom', 'common', 'kitchen', 'office').describe(
      'kinds of spaces in which nobody lives: only compared with the others, no limit holds',
    ),
    exceptKinds: kinds('stairs', 'laundry', 'storage', 'waste-room').describe(
      'kinds of spaces that are not looked at',
    ),
    meanHours: integer(1, 168).default(6).describe('the running mean of the temperature looks back so far'),
    warmHours: integer(1, 168)
      .default(24)
      .describe('too warm is the mean of so long: more than an afternoon of sun'),
    airMeanHours: integer(1, 720).default(24).describe('and those of humidity and CO₂'),
    hysteresisC: number(0, 10).default(0.3).describe('so far back inside its limit ends a temperature, °C'),
    hysteresisPct: number(0, 50).default(3).describe('and a humidity, %'),
    hysteresisPpm: number(0, 5000).default(100).describe('and CO₂, ppm'),
    togetherPct: number(1, 100)
      .default(60)
      .describe('what so many of the flats of a building have (at least three) is told for the building, %'),
    changeHours: integer(1, 168)
      .default(12)
      .describe('a change of one flat is looked for in the mean of so long'),
    changeC: number(0.1, 20)
      .default(0.8)
      .describe('a flat has changed that is so much further from its neighbours than usual, °C'),
    adoptDays: number(1, 365).default(14).describe('a change that lasts so long is how people live, days'),
    balanceDays: number(1, 365).default(14).describe('flats are compared by so many days, fading'),
    curveAboveC: number(0, 20)
      .default(3)
      .describe('the heating curve is too high when the median flat is so far above coldC, °C'),
    curveForOneC: number(0, 20)
      .default(2)
      .describe('and so far, when one flat is cold: all are heated for its sake, °C'),
    heatingMonths: months(10, 11, 12, 1, 2, 3).describe(
      'months in which it is, 1..12; later the sun warms more',
    ),
  })
  .superRefine((limits, context) => {
    for (const { key, message } of contradictionsIn(limits)) {
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });
export type ComfortParameters = z.infer<typeof comfortParameters>;

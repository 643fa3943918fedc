import { z } from 'zod';

/**
 * What can be wrong in a flat. `behind`: colder than it usually is beside its neighbours (who has become warmer is told by those rules
 * that know of valves and sensors); `stale`: air with much CO₂; `window` and `heatingLost`: it cools as nothing that is heated does.
 */
export const discomforts = [
  'cold',
  'behind',
  'warm',
  'dry',
  'damp',
  'stale',
  'window',
  'heatingLost',
] as const;
export type Discomfort = (typeof discomforts)[number];

const runningSchema = z.object({ mean: z.number(), hours: z.number() });
export type Running = z.infer<typeof runningSchema>;
const hourSchema = z.tuple([z.number(), z.number()]);

/** What is kept of a flat: some twenty numbers, however long it is watched. */
export const flatWatchSchema = z.object({
  /** Sum and count of the running hour. */
  temperature: hourSchema,
  humidity: hourSchema,
  co2: hourSchema,
  /** End of the newest hour with a temperature, and its mean. */
  heardMs: z.number(),
  airC: z.number(),
  meanC: runningSchema,
  /** Over `warmHours`. Before December 2026 it was not kept. */
  longC: runningSchema.default(() => ({ mean: 0, hours: 0 })),
  recentC: runningSchema,
  usualC: runningSchema,
  suspectHours: z.number(),
  /** How far it is from what its neighbours let expect, °C. */
  offC: z.number(),
  humidityPct: runningSchema,
  /** Outdoors, over as long as humidity and CO₂ are looked at. */
  outsideC: runningSchema,
  co2Ppm: runningSchema,
  /** Weights, indoors, outdoors, product and square, fading; and hours that have gone in. */
  balance: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]),
  balanceHours: z.number(),
  unheated: z.object({ hours: z.number(), sinceMs: z.number(), fromC: z.number() }),
  fall: z.object({ sinceMs: z.number(), fromC: z.number(), lowC: z.number() }).exactOptional(),
  /** What holds now, since when. Before December 2026 `ahead`, too: that is no longer asked for. */
  holds: z.partialRecord(z.enum([...discomforts, 'ahead']), z.number()),
});
export type FlatWatch = z.infer<typeof flatWatchSchema>;

export function createFlatWatch(): FlatWatch {
  return {
    temperature: [0, 0],
    humidity: [0, 0],
    co2: [0, 0],
    heardMs: 0,
    airC: 0,
    meanC: { mean: 0, hours: 0 },
    longC: { mean: 0, hours: 0 },
    recentC: { mean: 0, hours: 0 },
    usualC: { mean: 0, hours: 0 },
    suspectHours: 0,
    offC: 0,
    humidityPct: { mean: 0, hours: 0 },
    outsideC: { mean: 0, hours: 0 },
    co2Ppm: { mean: 0, hours: 0 },
    balance: [0, 0, 0, 0, 0],
    balanceHours: 0,
    unheated: { hours: 0, sinceMs: 0, fromC: 0 },
    holds: {},
  };
}

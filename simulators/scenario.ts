import { z } from 'zod';
import type { FaultKind } from './truth.ts';
import { physicalFaults, sensorFaults } from './truth.ts';

const kinds = [...Object.keys(physicalFaults), ...Object.keys(sensorFaults)];
const kind = z
  .string()
  .refine(isFaultKind, { error: `is not a kind of fault; they are ${kinds.join(', ')}` });
const share = z.number().min(0).max(1);
/** Hours and minutes on the buildings' wall clock, on the day `day` of the run; the first day is 0. */
const moment = {
  day: z.number().int().min(0).max(3660),
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time such as "17:30", in quotes' })
    .default('00:00'),
};

const faultSchema = z.strictObject({
  kind,
  building: z.string().min(1),
  /** A device, a space, a pipe: see simulators/README.md. Default: one that the building has. */
  subject: z.string().min(1).optional(),
  /** Of a sensor's fault without subject: the role of the device. */
  role: z.string().min(1).optional(),
  ...moment,
  hours: z.number().positive().max(100_000).optional(),
  size: z.number().optional(),
});

const outageSchema = z.strictObject({
  gateway: z.enum(['lora', 'wmbus', 'zigbee', 'telegraf']),
  /** Of a LoRaWAN gateway its area, of another one its building; without, all of them. */
  of: z.string().min(1).optional(),
  ...moment,
  hours: z.number().positive().max(10_000),
  keeps: z.boolean().default(true),
});

const randomSchema = z.strictObject({
  kinds: z.union([z.literal('all'), z.array(kind).min(1)]).default('all'),
  /** Of each kind, in each building and year; at least one of each kind. */
  perBuildingYear: z.number().positive().max(1000),
});

/** A scenario: what a district goes through, in a file that a person writes. */
export const scenarioSchema = z.strictObject({
  title: z.string().min(1),
  start: z.iso.date({ error: 'must be a date such as 2026-01-12' }),
  days: z.number().positive().max(3660),
  /** So many days before `start` are lived through too, so that rules know what is usual; what they say of them is not scored. */
  warmupDays: z.number().int().min(0).max(3660).default(0),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  buildings: z.number().int().min(1).max(100_000).default(12),
  /** No device reports oftener than this, s. */
  leastSeconds: z.number().min(0).max(86_400).default(0),
  /** CSV of an outdoor temperature (humidity, irradiance, wind), beside the scenario; without, the seed's. */
  weatherFile: z.string().min(1).optional(),
  /** Colder or warmer than that. */
  weather: z
    .array(
      z.strictObject({
        fromDay: z.number().min(0),
        toDay: z.number().min(0),
        shiftC: z.number().min(-40).max(40),
      }),
    )
    .default([]),
  network: z
    .strictObject({ lost: share.optional(), repeated: share.optional(), late: share.optional() })
    .default({}),
  /** What the buildings are, where it matters. */
  houses: z
    .strictObject({
      pvKwp: z.number().min(0).max(10_000).optional(),
      evChargers: z.number().int().min(0).max(1000).optional(),
      ventilation: z.enum(['natural', 'exhaust', 'balanced']).optional(),
      setbackC: z.number().min(0).max(5).optional(),
    })
    .default({}),
  faults: z.array(faultSchema).default([]),
  random: randomSchema.optional(),
  outages: z.array(outageSchema).default([]),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioFault = Scenario['faults'][number];

export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(physicalFaults, name) || Object.hasOwn(sensorFaults, name);
}

/** Nothing special: what `kvarter simulate` runs without a scenario. */
export const plainScenario: Scenario = scenarioSchema.parse({
  title: 'No scenario',
  start: '2026-01-12',
  days: 7,
});

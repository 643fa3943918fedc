import { z } from 'zod';
import { severities } from '../domain/alert.ts';
import { isQuantity, type Quantity } from '../domain/quantity.ts';
import { roles } from '../domain/reading.ts';
import { statusQuantities } from './device-status-texts.ts';

/** A number; text is read as one, because the environment has only text. */
const number = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.number().min(min).max(max),
  );
const integer = (min: number, max: number) => number(min, max).pipe(z.int());
const minutes = number(0, 525_600);
const quantity = z.custom<Quantity>((name) => typeof name === 'string' && isQuantity(name), {
  message: 'not one of the quantities that kvarter measures',
});
/** What a limit holds for. Without roles: devices of any role. */
const scope = { quantity, roles: z.array(z.enum(roles)).min(1).readonly().optional() };

export const staleOptions = z.strictObject({
  /** Silence is noticed after this many times the device's usual pause … */
  pauses: number(1, 1000).default(4),
  /** … but not before, minutes … */
  minSilenceMinutes: minutes.default(2),
  /** … and not until this many pauses have been seen. */
  minPauses: integer(1, 21).default(5),
});
export type StaleOptions = z.infer<typeof staleOptions>;

const limit = z
  .strictObject({
    ...scope,
    /** Comfortable or plausible, in the quantity's unit. */
    min: z.number().optional(),
    max: z.number().optional(),
    /** How far back inside the limit ends the alert, in the quantity's unit. */
    hysteresis: z.number().min(0).default(0),
    /** How long it must last before it is told, and be gone before it is over. */
    forMinutes: minutes.default(30),
    clearMinutes: minutes.default(15),
  })
  .refine((value) => value.min !== undefined || value.max !== undefined, 'give min, max or both');
export const outOfRangeOptions = z.strictObject({
  /** The first limit that fits a point's quantity and role holds. Sources: facts on indoor climate and hot water. */
  limits: z
    .array(limit)
    .readonly()
    .prefault([
      { quantity: 'airTemperatureC', roles: ['room'], min: 15, max: 30, hysteresis: 0.5 },
      { quantity: 'relativeHumidityPct', roles: ['room'], min: 15, max: 80, hysteresis: 2, forMinutes: 120 },
      { quantity: 'co2Ppm', roles: ['room'], max: 2000, hysteresis: 100 },
      { quantity: 'supplyTemperatureC', min: 15, max: 110, hysteresis: 2 },
      { quantity: 'hotWaterTemperatureC', min: 50, max: 70, hysteresis: 1, forMinutes: 120 },
      { quantity: 'batteryPct', min: 10, hysteresis: 3, forMinutes: 0 },
    ]),
});
export type OutOfRangeOptions = z.infer<typeof outOfRangeOptions>;

const still = z.strictObject({
  ...scope,
  /** A change of up to this much is none, in the quantity's unit. */
  tolerance: z.number().min(0),
  /** Shortest time without a change that is told, minutes. */
  windowMinutes: minutes,
  /** A value of exactly 0 may stay (an idle meter, an unlit room). */
  zeroMayStay: z.boolean().default(false),
});
export const flatLineOptions = z.strictObject({
  /** Quantities that move in a working sensor. Those that may rest for good (fill level, registers) are not here. */
  quantities: z
    .array(still)
    .readonly()
    .prefault([
      { quantity: 'airTemperatureC', tolerance: 0.05, windowMinutes: 720 },
      { quantity: 'outdoorTemperatureC', tolerance: 0.05, windowMinutes: 720 },
      { quantity: 'relativeHumidityPct', tolerance: 0.2, windowMinutes: 720 },
      { quantity: 'co2Ppm', tolerance: 1, windowMinutes: 360 },
      { quantity: 'supplyTemperatureC', tolerance: 0.05, windowMinutes: 360 },
      { quantity: 'returnTemperatureC', tolerance: 0.05, windowMinutes: 360 },
      { quantity: 'activePowerW', roles: ['electricityMain'], tolerance: 0.5, windowMinutes: 120 },
      { quantity: 'activePowerW', tolerance: 0.5, windowMinutes: 360, zeroMayStay: true },
    ]),
  /** A point is judged once it has moved this many times … */
  minMoves: integer(1, 100_000).default(20),
  /** … when it rests this many times as long as it ever rested before … */
  rests: number(1, 1000).default(3),
  /** … and has said the same this many times. */
  minReadings: integer(2, 100_000).default(6),
});
export type FlatLineOptions = z.infer<typeof flatLineOptions>;

export const containerFullOptions = z.strictObject({
  /** A container is full from here, % … */
  fullPct: number(1, 100).default(80),
  /** … until it is this much lower, % points. */
  hysteresisPct: number(0, 100).default(5),
  /** A drop by this much is an emptying, % points. */
  emptiedDropPct: number(1, 100).default(30),
});
export type ContainerFullOptions = z.infer<typeof containerFullOptions>;

const status = z.strictObject({
  quantity: z.enum(statusQuantities),
  severity: z.enum(severities).default('warning'),
  forMinutes: minutes.default(0),
  clearMinutes: minutes.default(15),
  /** Of a status that is never taken back: over when it has not been said again for this long. */
  endsAfterMinutes: number(1, 525_600).optional(),
});
export const deviceStatusOptions = z.strictObject({
  states: z
    .array(status)
    .readonly()
    .prefault([
      { quantity: 'burst', severity: 'critical' },
      { quantity: 'waterDetected', severity: 'critical' },
      { quantity: 'frost', severity: 'critical' },
      { quantity: 'alarm', severity: 'critical' },
      { quantity: 'leaking' },
      { quantity: 'reverseFlow', forMinutes: 60 },
      { quantity: 'dry', forMinutes: 60 },
      { quantity: 'tampered' },
      { quantity: 'sensorError', forMinutes: 60 },
      { quantity: 'linkError', endsAfterMinutes: 1440 },
      { quantity: 'batteryLow', clearMinutes: 1440 },
    ]),
});
export type DeviceStatusOptions = z.infer<typeof deviceStatusOptions>;

export const peakGuardOptions = z.strictObject({
  /** An hour is told when the chance that it ends among the billed ones is at least this; lower tells more. */
  chance: number(0, 1).default(0.05),
  /** Half-life of what earlier days say of the days to come. */
  halfLifeDays: number(0.5, 90).default(5),
  /** The alert must come this long before the window's end to be of use, minutes. */
  leadMinutes: number(0, 60).default(10),
  /** Nothing is said of a window before it is this old: how it begins is how the one before ended, minutes. */
  settleMinutes: number(0, 60).default(10),
  /** The rest of the window is taken to go on like the newest minutes. */
  paceMinutes: number(1, 60).default(15),
  /** The projection is close to the budget when it comes within this of it, %; near the lead that is enough … */
  closePct: number(0, 20).default(0),
  /** … and earlier it must pass the budget by this much per hour that is left, %. */
  earlyMarginPct: number(0, 100).default(30),
  /** The alert ends when the projection is this much below the budget, %. */
  hysteresisPct: number(0, 100).default(3),
  /** For buildings without a tariff: price per billed kW and month, and how many hours are averaged. */
  defaultPricePerKw: number(0, 1e6).default(50),
  defaultCurrency: z.string().min(1).default('SEK'),
  defaultPeaks: integer(1, 31).default(3),
});
export type PeakGuardOptions = z.infer<typeof peakGuardOptions>;

/** Settings of the rules, embedded in the configuration under `rules`. Every default stands here. */
export const ruleOptions = z.strictObject({
  /** How far a silent building's event time stays behind the wall clock, s. */
  tickGraceSeconds: number(0, 86_400).default(60),
  stale: staleOptions.prefault({}),
  outOfRange: outOfRangeOptions.prefault({}),
  flatLine: flatLineOptions.prefault({}),
  containerFull: containerFullOptions.prefault({}),
  deviceStatus: deviceStatusOptions.prefault({}),
  peakGuard: peakGuardOptions.prefault({}),
});
export type RuleOptions = z.infer<typeof ruleOptions>;

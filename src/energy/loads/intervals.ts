import {
  type Carrier,
  carriers,
  HOUR_MS,
  type Interval,
  type Meter,
  QUARTER_MS,
} from '../../domain/interval.ts';
import type { Quantity } from '../../domain/quantity.ts';
import type { Point } from '../../domain/reading.ts';
import { type Known, lastAtOrBefore, powerEnergy, registerEnergy, type Samples } from './samples.ts';

/** How far apart samples may be and still tell what was between them. */
export type Holds = {
  /** A power sample holds until the next one, or for this long, ms. */
  readonly powerHoldMs: number;
  /** Between two register readings further apart than this nothing is known, ms. */
  readonly registerGapMs: number;
};

/** What a meter said, as far as it is known: momentary power, or a cumulative register, or both. */
export type MeterSamples = { readonly power: Samples; readonly register: Samples };

export const sources = ['power', 'register'] as const;
export type Source = (typeof sources)[number];

const quantityOf: Readonly<Record<Carrier, Readonly<Record<Source, Quantity>>>> = {
  electricity: { power: 'activePowerW', register: 'activeEnergyWh' },
  heat: { power: 'heatPowerW', register: 'heatEnergyWh' },
};

/** The point that a meter says it with. */
export function pointOf({ device, channel, carrier }: Meter, source: Source): Point {
  return { device, quantity: quantityOf[carrier][source], ...(channel === undefined ? {} : { channel }) };
}

/** What a quantity says of a load, and how; undefined for what is no load. */
export function loadOf(
  quantity: Quantity,
): { readonly carrier: Carrier; readonly source: Source } | undefined {
  return loads.get(quantity);
}

const loads = new Map(
  carriers.flatMap((carrier) =>
    sources.map((source) => [quantityOf[carrier][source], { carrier, source }] as const),
  ),
);

/** Which meter a point belongs to, and how it says it; undefined for what is no load. */
export function meterOf({ device, quantity, channel }: Point): { meter: Meter; source: Source } | undefined {
  const load = loadOf(quantity);
  if (load === undefined) return undefined;
  const { carrier, source } = load;
  return { meter: { device, ...(channel === undefined ? {} : { channel }), carrier }, source };
}

/**
 * Energy of [fromMs, toMs), from whichever source covers more of it. Where both cover it alike the register wins,
 * because it misses nothing between samples; unless it was read more seldom than each quarter-hour, when the power
 * samples know better *when* the energy was used. What such a register has not reached, yet or before it was silent for too long, power tells.
 */
export function energyBetween(samples: MeterSamples, fromMs: number, toMs: number, holds: Holds): Known {
  const power = powerEnergy(samples.power, fromMs, toMs, holds.powerHoldMs);
  const register = registerEnergy(samples.register, fromMs, toMs, holds.registerGapMs);
  if (power.knownMs < register.knownMs) return register;
  const isOften = register.knownMs > 0 && register.widestMs <= QUARTER_MS;
  if (power.knownMs === register.knownMs) return isOften ? register : power;
  const { atMs } = samples.register;
  const readMs = atMs[lastAtOrBefore(atMs, toMs)] ?? fromMs;
  if (!isOften || register.knownMs !== readMs - fromMs) return power;
  const rest = powerEnergy(samples.power, readMs, toMs, holds.powerHoldMs);
  return { energyWh: register.energyWh + rest.energyWh, knownMs: register.knownMs + rest.knownMs };
}

/** When a meter counts: from it was put in until it was replaced, epoch ms. */
export type Counting = { readonly countsFromMs?: number; readonly countsToMs?: number };

/** The part of [fromMs, toMs) in which it counts; empty or reversed when there is none. */
export function countedPart(
  { countsFromMs = Number.NEGATIVE_INFINITY, countsToMs = Number.POSITIVE_INFINITY }: Counting,
  fromMs: number,
  toMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: Math.max(fromMs, countsFromMs), toMs: Math.min(toMs, countsToMs) };
}

/** The quarter-hour's interval; of a quarter in which a meter is exchanged, each has its part. */
export function quarterInterval(
  meter: Meter,
  samples: MeterSamples,
  fromMs: number,
  holds: Holds,
  counting: Counting = {},
): Interval {
  const part = countedPart(counting, fromMs, fromMs + QUARTER_MS);
  if (part.toMs <= part.fromMs) return { meter, fromMs, energyWh: 0, coverage: 0 };
  const { energyWh, knownMs } = energyBetween(samples, part.fromMs, part.toMs, holds);
  return { meter, fromMs, energyWh, coverage: knownMs / QUARTER_MS };
}

/** Mean power over the time that is known, kW; undefined when nothing is. */
export function meanKw({ energyWh, knownMs }: Known): number | undefined {
  return knownMs > 0 ? (energyWh / knownMs) * (HOUR_MS / 1000) : undefined;
}

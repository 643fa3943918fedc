import { DAY_MS, MINUTE_MS } from '../../src/domain/interval.ts';
import { quantities } from '../../src/domain/quantity.ts';
import { isScaled } from '../../src/ingest/normalise.ts';
import type { Chance } from '../chance.ts';
import { isPhysicalFault, type PlannedFault, type SensorFaultKind } from '../truth.ts';
import { PHASES } from '../world/read.ts';
import type { SensorPoint } from './points.ts';

/** A sensor's fault, in event time [fromMs, toMs). */
export type SensorFault = PlannedFault & { readonly kind: SensorFaultKind };

export function isSensorFault(fault: PlannedFault): fault is SensorFault {
  return !isPhysicalFault(fault.kind);
}

/** One reading in so many is a spike, while there are spikes. */
const SPIKE_EVERY = 12;

export type FaultySensor = {
  /** Does the report of this moment come? */
  readonly isSilent: (atMs: number) => boolean;
  /** Does it look at its partner's place instead of its own? */
  readonly isSwapped: (atMs: number) => boolean;
  /** What it says instead of what it measures. */
  readonly said: (point: SensorPoint, measured: number, atMs: number) => number;
  /** When a register really began again, if it has. */
  readonly rolledOverMs: () => number | undefined;
};

type Series = {
  /** What it stands still at. */
  stuck?: number;
  /** Since when there are spikes, of those that have been seen. */
  spikesFromMs?: number;
  /** What a wrong ratio has counted on top, or too little of, since the newest reset; true counts at that reset, and the last one. */
  extra?: number;
  reset?: SensorFault;
  resetAt?: number;
  last?: number;
};

/**
 * What is wrong with one device. `isPrimary` tells in which of its values an offset, a drift or spikes show;
 * `aheadOf(fault)` is how much a register that rolls over is ahead of the true one, so that it does when it is planned.
 */
export function createFaultySensor(
  faults: readonly SensorFault[],
  chance: Chance,
  {
    isPrimary,
    aheadOf,
  }: {
    readonly isPrimary: (point: SensorPoint) => boolean;
    readonly aheadOf: (fault: SensorFault, point: SensorPoint) => number;
  },
): FaultySensor {
  const at = (kind: SensorFaultKind, atMs: number) =>
    faults.find((fault) => fault.kind === kind && atMs >= fault.fromMs && atMs < fault.toMs);
  const ratioAt = (atMs: number, point: SensorPoint) =>
    ratioOf(at('wrong-ct-ratio', atMs), point) * ratioOf(at('reversed-ct', atMs), point);
  const rollOver = faults.find(({ kind }) => kind === 'register-roll-over');
  const series = new Map<SensorPoint, Series>();
  const luck = chance.fork('faults');
  let rolledOver: number | undefined;

  const held = (own: Series, value: number, atMs: number): number => {
    if (!at('stuck-value', atMs)) {
      delete own.stuck;
      return value;
    }
    own.stuck ??= value;
    return own.stuck;
  };

  const gauge = (point: SensorPoint, measured: number, atMs: number, own: Series): number => {
    let value = measured;
    const { quantity } = point.carried;
    const slot = Math.floor(atMs / MINUTE_MS);
    value *= ratioAt(atMs, point);
    if (isPrimary(point)) {
      const drift = at('drift', atMs);
      value += at('offset', atMs)?.size ?? 0;
      if (drift) value += (drift.size * (atMs - drift.fromMs)) / DAY_MS;
      const spike = at('spike', atMs);
      // The first reading in any case, so that there is one.
      if (spike && (own.spikesFromMs !== spike.fromMs || luck.at(slot) < 1 / SPIKE_EVERY))
        value *= spike.size;
      if (spike) own.spikesFromMs = spike.fromMs;
    }
    const tilt = at('container-tilted', atMs);
    if (tilt && quantity === 'tilted') value = 1;
    // It looks at the wall, or past the rim at the floor.
    if (tilt && quantity === 'distanceMm') value = measured * (0.2 + 1.6 * luck.at(slot));
    const fouled = at('sensor-fouled', atMs);
    if (fouled && quantity === 'distanceMm') value = Math.min(value, fouled.size - 20 * luck.at(slot));
    return held(own, value, atMs);
  };

  const register = (point: SensorPoint, measured: number, atMs: number, own: Series): number => {
    let value = measured;
    // It counts faster or slower from then on; what it has counted stays.
    own.extra = (own.extra ?? 0) + (measured - (own.last ?? measured)) * (ratioAt(atMs, point) - 1);
    const reset = faults.findLast(({ kind, fromMs }) => kind === 'register-reset' && atMs >= fromMs);
    if (reset !== own.reset) Object.assign(own, { reset, resetAt: own.last ?? measured, extra: 0 });
    value += own.extra - (own.resetAt ?? 0);
    if (rollOver) {
      const counted = value + aheadOf(rollOver, point);
      if (counted >= rollOver.size && rolledOver === undefined) rolledOver = atMs;
      value = counted % rollOver.size;
    }
    return held(own, value, atMs);
  };

  return {
    isSilent: (atMs) => {
      const missing = at('missing', atMs);
      return missing !== undefined && luck.at(-Math.floor(atMs / 1000)) < missing.size;
    },
    isSwapped: (atMs) => at('swapped-sensors', atMs) !== undefined,
    said: (point, measured, atMs) => {
      if (faults.length === 0) return measured;
      const own = series.get(point) ?? {};
      series.set(point, own);
      const { kind } = quantities[point.carried.quantity];
      const said =
        kind === 'register' ? register(point, measured, atMs, own) : gauge(point, measured, atMs, own);
      own.last = measured;
      return said;
    },
    rolledOverMs: () => rolledOver,
  };
}

/** What a wrong transformer makes of a value. One that is reversed takes its phase off the sum, instead of adding it. */
function ratioOf(fault: SensorFault | undefined, { carried: { quantity }, channel }: SensorPoint): number {
  if (fault === undefined) return 1;
  if (fault.kind === 'wrong-ct-ratio') return isScaled(quantity) ? fault.size : 1;
  const phase = String(fault.size);
  if (quantity === 'phasePowerW') return channel?.endsWith(phase) ? -1 : 1;
  return quantity === 'activePowerW' || quantity === 'activeEnergyWh' ? 1 - 2 * (PHASES[phase] ?? 1 / 3) : 1;
}

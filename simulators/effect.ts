import { HOUR_MS } from '../src/domain/interval.ts';
import { type Quantity, quantities } from '../src/domain/quantity.ts';
import type { Device, Register } from '../src/domain/register.ts';
import { isoTime } from '../src/domain/time.ts';
import { definitionOf } from './sensors/definition.ts';
import { createLook } from './sensors/look.ts';
import { pointsOf } from './sensors/points.ts';
import { type FaultKind, isPhysicalFault, type PlannedFault, type TruthEvent } from './truth.ts';
import { createWorld, type World, type WorldOptions } from './world/world.ts';

/** Houses forget how they were started in so long, and what is left of it is alike in both worlds. */
const BEFORE_MS = 72 * HOUR_MS;
/** What is not over after so long is judged by what it did until then. */
const MOST_MS = 240 * HOUR_MS;
const EVERY_MS = HOUR_MS / 4;
/** Six hours are compared as one: less is not what a rule of a house looks at. */
const SPAN_MS = 6 * HOUR_MS;

/**
 * What may be in a house and show nowhere: a valve that sticks open while it should be, flats that are equally warm, a fire where no
 * thermometer is (what it leaves of the content is to an echo what the lorry leaves).
 */
const hidden: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'radiator-valve-stuck-open',
  'radiator-valve-stuck-closed',
  'heating-curve-wrong',
  'night-setback-failing',
  'circulation-pump-stopped',
  'hot-water-cold',
  'simultaneous-heating-cooling',
  'ventilation-all-night',
  'swapped-sensors',
  'container-fire',
]);

/**
 * What a mean of hours is known to, in the unit or as a share of the value, whichever is more: rooms ±0.2 °C, ±3 % and ±50 ppm (data
 * sheets of the devices in src/decode), heat meters of class 2 ±2 % (EN 1434-1), pipes ±0.5 °C, electricity of class B ±1 % (EN 50470-3).
 */
const accuracies: Partial<Record<Quantity, { readonly least: number; readonly share?: number }>> = {
  airTemperatureC: { least: 0.2 },
  relativeHumidityPct: { least: 3 },
  co2Ppm: { least: 50 },
  activePowerW: { least: 10, share: 0.01 },
  activeEnergyWh: { least: 10, share: 0.01 },
  heatPowerW: { least: 100, share: 0.02 },
  heatEnergyWh: { least: 100, share: 0.02 },
  flowLph: { least: 5, share: 0.02 },
  heatVolumeL: { least: 5, share: 0.02 },
  supplyTemperatureC: { least: 0.5 },
  returnTemperatureC: { least: 0.5 },
  hotWaterTemperatureC: { least: 0.5 },
};

type EffectOptions = Omit<WorldOptions, 'startMs'> & { readonly endMs: number };

/**
 * The truth with what each fault did, where it may have done nothing: how far it moved, in accuracies of such sensors, whatever the
 * sensors of its building measure. It is reckoned without noise, with the fault and without it, all else being the same (but for
 * what loads were commanded to do). Below 1 nobody could have seen it.
 */
export function withEffects(truth: readonly TruthEvent[], options: EffectOptions): readonly TruthEvent[] {
  const planned = new Map(
    (options.faults ?? []).map((fault) => [keyOf({ ...fault, from: isoTime(fault.fromMs) }), fault]),
  );
  return truth.map((event) => {
    const fault = planned.get(keyOf(event));
    if (fault === undefined || !hidden.has(fault.kind)) return event;
    const effect = fault.kind === 'swapped-sensors' ? effectOfSwap(fault, options) : effectOf(fault, options);
    return { ...event, effect: Number(effect.toPrecision(3)) };
  });
}

function keyOf({
  kind,
  building,
  subject,
  from,
}: Pick<TruthEvent, 'kind' | 'building' | 'subject' | 'from'>) {
  return [kind, building, subject, from].join('|');
}

/** The largest difference that a fault made to six hours of anything measured in its building. */
function effectOf(fault: PlannedFault, options: EffectOptions): number {
  const [ill, well] = [worldOf(fault, options), worldOf(fault, options, { leftOut: fault })];
  const pairs = devicesOf(options.register, fault.building).flatMap((row) =>
    gaugesOf(row, [row, ill], [row, well]),
  );
  let largest = 0;
  const toMs = Math.min(fault.toMs, options.endMs, fault.fromMs + MOST_MS);
  for (let atMs = fault.fromMs; atMs < toMs; atMs += SPAN_MS) {
    const spanMs = Math.min(SPAN_MS, toMs - atMs);
    largest = Math.max(largest, ...differencesOf(pairs, [ill, well], atMs, atMs + spanMs));
  }
  return largest;
}

/**
 * By how much the two places differed in the mean of the time for which they were taken for each other, in what two sensors may differ by in
 * the same air: each is off by itself.
 */
function effectOfSwap(fault: PlannedFault, options: EffectOptions): number {
  const rows = fault.subject.split('+').flatMap((id) => options.register.devices.get(id)?.[0] ?? []);
  const [a, b] = rows;
  if (a === undefined || b === undefined) return 0;
  const world = worldOf(fault, options);
  const pairs = gaugesOf(a, [a, world], [b, world]);
  const differences = differencesOf(pairs, [world], fault.fromMs, Math.min(fault.toMs, options.endMs));
  return Math.max(0, ...differences) / Math.SQRT2;
}

/** The building of a fault with all that breaks in it, from before it, but for what is left out. */
function worldOf(
  { building: id, fromMs }: PlannedFault,
  options: EffectOptions,
  { leftOut }: { readonly leftOut?: PlannedFault } = {},
): World {
  const building = options.register.buildings.get(id);
  const register: Register = { ...options.register, buildings: new Map(building ? [[id, building]] : []) };
  const { tariffs: _, endMs: __, ...ofWorld } = options;
  return createWorld({
    ...ofWorld,
    register,
    faults: (options.faults ?? []).filter(
      (fault) => fault.building === id && fault !== leftOut && isPhysicalFault(fault.kind),
    ),
    startMs: fromMs - BEFORE_MS,
  });
}

function devicesOf({ devices }: Register, building: string): readonly Device[] {
  return [...devices.values()].flat().filter((row) => row.building === building);
}

type Gauge = {
  readonly is: () => number | undefined;
  readonly was: () => number | undefined;
  readonly isRegister: boolean;
  readonly least: number;
  readonly share: number;
};

/** What a device says of the world, seen from two places or in two worlds. */
function gaugesOf(
  device: Device,
  is: readonly [Device, World],
  was: readonly [Device, World],
): readonly Gauge[] {
  const definition = definitionOf(device);
  if (definition === undefined) return [];
  const [looks, looked] = [createLook(...is), createLook(...was)];
  const points = pointsOf(device, definition, (quantity, channel) => looks(quantity, channel) !== undefined);
  return points.flatMap(({ channel, source }) => {
    const accuracy = source.of === 'world' ? accuracies[source.quantity] : undefined;
    if (source.of !== 'world' || accuracy === undefined) return [];
    const { quantity } = source;
    return [
      {
        is: () => looks(quantity, channel),
        was: () => looked(quantity, channel),
        isRegister: quantities[quantity].kind === 'register',
        share: 0,
        ...accuracy,
      },
    ];
  });
}

/** Lets time pass, and gives how far apart the means of each gauge were, in accuracies. */
function differencesOf(
  gauges: readonly Gauge[],
  worlds: readonly World[],
  fromMs: number,
  toMs: number,
): readonly number[] {
  const sums = gauges.map(() => ({ is: 0, was: 0, count: 0 }));
  const read = (
    each: (sum: { is: number; was: number; count: number }, gauge: Gauge, is: number, was: number) => void,
  ) => {
    for (const [i, gauge] of gauges.entries()) {
      const [sum, is, was] = [sums[i], gauge.is(), gauge.was()];
      if (sum !== undefined && is !== undefined && was !== undefined) each(sum, gauge, is, was);
    }
  };
  const goTo = (atMs: number) => {
    for (const world of worlds) if (atMs > world.atMs) world.advance(atMs);
  };
  goTo(fromMs);
  read((sum, { isRegister }, is, was) => {
    if (isRegister) Object.assign(sum, { is: -is, was: -was });
  });
  for (let atMs = Math.min(fromMs + EVERY_MS, toMs); ; atMs = Math.min(atMs + EVERY_MS, toMs)) {
    goTo(atMs);
    const isLast = atMs >= toMs;
    read((sum, { isRegister }, is, was) => {
      if (isRegister && !isLast) return;
      sum.is += is;
      sum.was += was;
      sum.count = isRegister ? (toMs - fromMs) / HOUR_MS : sum.count + 1;
    });
    if (isLast) break;
  }
  return gauges.map(({ least, share }, i) => {
    const { is = 0, was = 0, count = 0 } = sums[i] ?? {};
    if (count === 0) return 0;
    return Math.abs(is - was) / count / Math.max(least, (share * Math.abs(was)) / count);
  });
}

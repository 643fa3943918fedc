import type { Encoded, Value } from '../../src/decode/decode.ts';
import { quantities } from '../../src/domain/quantity.ts';
import type { Device } from '../../src/domain/register.ts';
import { fillLevelPct, uncalibrate } from '../../src/ingest/normalise.ts';
import type { Chance } from '../chance.ts';
import { createDayBook } from './day-book.ts';
import { type Definition, inChannel } from './definition.ts';
import type { Look } from './look.ts';
import type { SensorPoint } from './points.ts';
import { createBattery, createSensorClock } from './power-and-clock.ts';
import type { Rhythm } from './rhythm.ts';
import type { FaultySensor } from './sensor-faults.ts';
import { traits } from './traits.ts';

export type SensorOptions = {
  readonly device: Device;
  readonly definition: Definition;
  readonly points: readonly SensorPoint[];
  readonly rhythm: Rhythm;
  readonly look: Look;
  /** What its partner looks at while the two are swapped. */
  readonly partnersLook: Look | undefined;
  readonly faulty: FaultySensor;
  readonly chance: Chance;
  readonly startMs: number;
};

/** How a gateway heard it. */
export type Heard = { readonly rssiDbm: number; readonly snrDb: number };

export type Sensor = {
  /** False at the hours at which one that speaks once a day only takes notes. */
  readonly mayReport: (atMs: number) => boolean;
  /**
   * What it says now, the world being there: nothing when it is silent, or nothing has changed. Asked in order of time.
   * `isFresh`: it has just been switched on, and its clock is not set yet.
   */
  readonly report: (
    atMs: number,
    how: { readonly heard: Heard | undefined; readonly isFresh: boolean },
  ) => readonly Said[];
};

/** A packet; `isUntimed`: it says no time. */
export type Said = Encoded & { readonly isUntimed?: true };

const SECOND_MS = 1000;

/** A device that samples the world, with its own noise, resolution, clock, battery and faults, and says it as its model does. */
export function createSensor(options: SensorOptions): Sensor {
  const { device, definition, points, rhythm, look, partnersLook, faulty, chance } = options;
  const clock = createSensorClock(options);
  const battery = createBattery(options);
  const noises = points.map((_, i) => chance.fork(`noise ${i}`));
  const last = points.map(() => Number.NaN);
  let reportedMs = Number.NEGATIVE_INFINITY;
  let lastList = Number.NaN;
  const dayBook = rhythm.isDaily ? createDayBook(chance) : undefined;

  /** Undefined: nothing is there to be measured now. */
  const measure = (
    point: SensorPoint,
    index: number,
    atMs: number,
    heard: Heard | undefined,
  ): number | undefined => {
    const { carried, channel, source } = point;
    const { quantity } = carried;
    if (source.of === 'device') return deviceValue(quantity, atMs, heard);
    // What it makes of its own echo is as wrong as that.
    const echo = quantity === 'fillLevelPct' ? echoMm(atMs, heard) : undefined;
    const level = echo === undefined ? undefined : fillLevelPct(echo, device);
    if (level !== undefined) return level;
    const seen = (faulty.isSwapped(atMs) ? (partnersLook ?? look) : look)(source.quantity, channel);
    if (seen === undefined) return undefined;
    const trait = traits[quantity];
    const noise = noises[index];
    let value = seen;
    if (trait && noise) {
      const spread = trait.noise + (trait.noiseShare ?? 0) * Math.abs(seen);
      value += spread * bell(noise, Math.floor(atMs / SECOND_MS)) + (trait.bias ?? 0) * bell(noise, -1);
    }
    return faulty.said(point, uncalibrate({ quantity, value }, device), atMs);
  };

  const echoMm = (atMs: number, heard: Heard | undefined): number | undefined => {
    const index = points.findIndex(({ carried }) => carried.quantity === 'distanceMm');
    const point = points[index];
    return point && measure(point, index, atMs, heard);
  };

  const deviceValue = (
    quantity: SensorPoint['carried']['quantity'],
    atMs: number,
    heard: Heard | undefined,
  ) => {
    if (quantity === 'batteryPct') return battery.pct(atMs);
    if (quantity === 'batteryMv') return battery.mv(atMs);
    if (quantity === 'batteryLow') return Number(battery.pct(atMs) < 10);
    if (quantity === 'rssiDbm') return heard?.rssiDbm;
    if (quantity === 'snrDb') return heard?.snrDb;
    // A state that it could tell of, and does not.
    const point = points.find((one) => one.carried.quantity === quantity);
    return point ? faulty.said(point, 0, atMs) : 0;
  };

  const hasChanged = (values: readonly (number | undefined)[]): boolean =>
    points.some(({ carried: { quantity }, source }, i) => {
      const [trait, value, before] = [traits[quantity], values[i], last[i] ?? Number.NaN];
      if (!trait || source.of !== 'world' || value === undefined || Number.isNaN(before)) return false;
      return Math.abs(value - before) > Math.max(trait.change, (trait.changeShare ?? 0) * Math.abs(before));
    });

  return {
    mayReport: (atMs) => dayBook?.isDue(atMs) !== false,
    report: (atMs, { heard, isFresh }) => {
      const isSilent = faulty.isSilent(atMs);
      const { periodMs, sampleMs } = rhythm;
      const isDue = sampleMs === undefined || atMs - reportedMs >= periodMs - sampleMs / 2;
      const values = points.map((point, i) => measure(point, i, atMs, heard));
      for (const [i, point] of points.entries()) dayBook?.note(point, values[i], atMs);
      if (isSilent || dayBook?.isDue(atMs) === false || !(isDue || isFresh || hasChanged(values))) return [];
      reportedMs = atMs;
      const list = Math.floor(atMs / (rhythm.longListMs ?? 1));
      const isLong = rhythm.longListMs === undefined || list !== lastList;
      if (isLong) lastList = list;
      const said: Value[] = [];
      for (const [i, point] of points.entries()) {
        const { carried, channel } = point;
        const value = values[i];
        if (value === undefined) continue;
        last[i] = value;
        const isRegister = quantities[carried.quantity].kind === 'register';
        if (!isLong && carried.quantity !== 'activePowerW') continue;
        const shown = resolved(value, carried, isRegister);
        said.push({
          quantity: carried.quantity,
          value: shown,
          ...(channel === undefined ? {} : { channel }),
        });
        for (const kept of dayBook?.of(point, atMs) ?? []) {
          said.push({
            ...kept,
            quantity: carried.quantity,
            value: resolved(kept.value, carried, isRegister),
          });
        }
      }
      if (said.length === 0) return [];
      const stampMs = isFresh && clock.isLostAtStart ? undefined : clock.stampMs(atMs);
      const packets = definition.encode({
        device: device.id,
        ...(stampMs === undefined ? {} : { atMs: stampMs }),
        values: inChannel(device, said),
      });
      return stampMs === undefined ? packets.map((one) => ({ ...one, isUntimed: true })) : packets;
    },
  };
}

/** About standard normal: the sum of four uniform numbers. */
function bell(chance: Chance, index: number): number {
  const sum =
    chance.at(4 * index) + chance.at(4 * index + 1) + chance.at(4 * index + 2) + chance.at(4 * index + 3);
  return (sum - 2) * 1.7320508;
}

/** As the payload can say it: in its steps, within its bounds. A register shows what is full, and begins again past its end. */
function resolved(value: number, { step, min, max }: SensorPoint['carried'], isRegister: boolean): number {
  const steps = value / step;
  const whole = isRegister ? Math.floor(steps + 1e-6) : Math.round(steps);
  const shown = Number((whole * step).toPrecision(12));
  return Math.min(Math.max(isRegister && shown > max ? shown % max : shown, min), max);
}

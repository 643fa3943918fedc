import { ams as amsFormat } from '../src/decode/ams.ts';
import { chirpstack } from '../src/decode/chirpstack.ts';
import type { Encoded, Format, Uplink, Value } from '../src/decode/decode.ts';
import { elsys } from '../src/decode/elsys.ts';
import { kvarter } from '../src/decode/kvarter.ts';
import { milesightEm400 } from '../src/decode/milesight-em400.ts';
import { findModel, plainName } from '../src/decode/models.ts';
import { thingsStack } from '../src/decode/things-stack.ts';
import { HOUR_MS } from '../src/domain/interval.ts';
import { isQuantity, type Quantity } from '../src/domain/quantity.ts';
import type { Role } from '../src/domain/reading.ts';
import type { Device } from '../src/domain/register.ts';
import { createContainer } from './container.ts';
import { createElectricity } from './electricity.ts';
import { createHeat, createWater } from './heat-and-water.ts';
import { createMeter } from './meter.ts';
import type { Place } from './place.ts';
import { createRoom } from './room.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** What a device puts on MQTT at a moment that it is due. Asked in order of time: a meter's register only grows. */
export type Sensor = (atMs: number) => { readonly topic: string; readonly payload: Buffer };

/** A kind of simulated device: which rows of `devices.csv` it stands for, how often it speaks, and what it says. */
type DeviceKind = {
  readonly model: string;
  readonly role: Role;
  readonly periodMs: number;
  readonly create: (device: Device, place: Place) => Sensor;
};

export const deviceKinds: readonly DeviceKind[] = [
  { model: 'kvarter', role: 'electricityMain', periodMs: MINUTE_MS, create: kvarterElectricity },
  { model: 'ams', role: 'electricityMain', periodMs: 10 * SECOND_MS, create: ams },
  { model: 'kvarter', role: 'heatMain', periodMs: 5 * MINUTE_MS, create: kvarterHeat },
  { model: 'kvarter', role: 'waterMain', periodMs: 15 * MINUTE_MS, create: kvarterWater },
  { model: 'kvarter', role: 'outdoor', periodMs: 10 * MINUTE_MS, create: kvarterOutdoor },
  { model: 'elsys-ers', role: 'room', periodMs: 10 * MINUTE_MS, create: elsysRoom },
  { model: 'milesight-em400-mud', role: 'container', periodMs: 2 * HOUR_MS, create: em400 },
];

/** The kind that a row is simulated by; undefined when there is none. */
export function deviceKind({ model, role }: Device): DeviceKind | undefined {
  return deviceKinds.find((kind) => kind.role === role && oneName(kind.model) === oneName(model));
}

/** One name for a model and its aliases: all of Elsys' sensors speak alike. */
function oneName(model: string): string {
  return findModel(model)?.name ?? plainName(model);
}

/** A meter says what is left of the true value when the register's ratio is taken out, as behind a current transformer. */
function kvarterElectricity(device: Device, place: Place): Sensor {
  const powerW = createElectricity(place);
  const meter = createMeter();
  return (atMs) => {
    const activePowerW = rounded(powerW(atMs) / (device.ratio ?? 1), 1);
    const activeEnergyWh = Math.round(meter.read(atMs, activePowerW));
    return packet(kvarter, {
      device: device.id,
      atMs,
      values: said(device, { activePowerW, activeEnergyWh }),
    });
  };
}

/** List 1 (power) every ten seconds; the register once an hour, at the first telegram of the hour. */
function ams(device: Device, place: Place): Sensor {
  const powerW = createElectricity(place);
  const meter = createMeter();
  let hour = Number.NaN;
  return (atMs) => {
    const saysW = Math.round(powerW(atMs) / (device.ratio ?? 1));
    const energyWh = Math.round(meter.read(atMs, saysW));
    const sameHour = hour;
    hour = Math.floor(atMs / HOUR_MS);
    const register = hour === sameHour ? {} : { activeEnergyWh: energyWh };
    return packet(amsFormat, {
      device: device.id,
      atMs,
      values: valuesOf({ activePowerW: saysW, ...register }),
    });
  };
}

function kvarterHeat(device: Device, place: Place): Sensor {
  const heat = createHeat(place);
  const meter = createMeter();
  const { ratio = 1, offset = 0 } = device;
  return (atMs) => {
    const { powerW, supplyTemperatureC, returnTemperatureC } = heat(atMs);
    const heatPowerW = Math.round(powerW / ratio / 100) * 100;
    const values = {
      heatPowerW,
      heatEnergyWh: Math.round(meter.read(atMs, heatPowerW)),
      supplyTemperatureC: rounded(supplyTemperatureC - offset, 1),
      returnTemperatureC: rounded(returnTemperatureC - offset, 1),
    };
    return packet(kvarter, { device: device.id, atMs, values: said(device, values) });
  };
}

function kvarterWater(device: Device, place: Place): Sensor {
  const flowLph = createWater(place);
  const meter = createMeter();
  return (atMs) => {
    const waterVolumeL = Math.floor(meter.read(atMs, flowLph(atMs) / (device.ratio ?? 1)));
    return packet(kvarter, { device: device.id, atMs, values: said(device, { waterVolumeL }) });
  };
}

function kvarterOutdoor(device: Device, { weather }: Place): Sensor {
  return (atMs) => {
    const outdoorTemperatureC = rounded(weather.outdoorTemperatureC(atMs) - (device.offset ?? 0), 1);
    return packet(kvarter, { device: device.id, atMs, values: said(device, { outdoorTemperatureC }) });
  };
}

function elsysRoom(device: Device, place: Place): Sensor {
  const climate = createRoom(place, place.chance.fork(device.id));
  const { id, offset = 0 } = device;
  return (atMs) => {
    const air = climate(atMs);
    const values = valuesOf({
      airTemperatureC: rounded(air.airTemperatureC - offset, 1),
      relativeHumidityPct: Math.round(air.relativeHumidityPct - offset),
      illuminanceLux: Math.round(air.illuminanceLux),
      motionCount: air.motionCount,
      co2Ppm: Math.round(air.co2Ppm),
      batteryMv: Math.round(air.batteryMv),
    });
    return packet(chirpstack, { device: id, atMs, values: [], raw: elsys.encode(values) });
  };
}

function em400(device: Device, place: Place): Sensor {
  const { id, emptyMm = 1500, fullMm = 300 } = device;
  const level = createContainer(place, place.chance.fork(id), { emptyMm, fullMm });
  return (atMs) => {
    const { batteryPct, airTemperatureC, distanceMm } = level(atMs);
    const values = valuesOf({
      batteryPct: Math.round(batteryPct),
      airTemperatureC: rounded(airTemperatureC, 1),
      distanceMm: Math.round(distanceMm),
      tilted: 0,
    });
    return packet(thingsStack, { device: id, atMs, values: [], raw: milesightEm400.encode(values) });
  };
}

/** The one packet of a report. */
function packet(format: Format, uplink: Uplink): Encoded {
  const [first, ...others] = format.encode(uplink);
  if (!first || others.length > 0) throw new Error(`${format.name} makes no single packet of a report`);
  return first;
}

/** The values of a row of the register, which may be one channel of a meter. */
function said({ channel }: Device, values: Partial<Record<Quantity, number>>): readonly Value[] {
  return valuesOf(values).map((value) => (channel === undefined ? value : { ...value, channel }));
}

function valuesOf(values: Partial<Record<Quantity, number>>): readonly Value[] {
  return Object.entries(values).flatMap(([quantity, value]) =>
    isQuantity(quantity) ? [{ quantity, value }] : [],
  );
}

function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

import { encodeAms } from '../src/decode/ams.ts';
import { encodeChirpstackUplink } from '../src/decode/chirpstack.ts';
import { encodeElsys } from '../src/decode/elsys.ts';
import { encodeKvarter } from '../src/decode/kvarter.ts';
import { encodeEm400 } from '../src/decode/milesight-em400.ts';
import { findModel, plainName } from '../src/decode/models.ts';
import { encodeThingsStackUplink } from '../src/decode/things-stack.ts';
import { HOUR_MS } from '../src/domain/interval.ts';
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
    return encodeKvarter({ ...from(device), atMs, values: { activePowerW, activeEnergyWh } });
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
    const telegram = { meter: device.id, topic: `ams/${device.id}`, atMs, powerW: saysW };
    const sameHour = hour;
    hour = Math.floor(atMs / HOUR_MS);
    return encodeAms(hour === sameHour ? telegram : { ...telegram, energyWh });
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
    return encodeKvarter({ ...from(device), atMs, values });
  };
}

function kvarterWater(device: Device, place: Place): Sensor {
  const flowLph = createWater(place);
  const meter = createMeter();
  return (atMs) => {
    const waterVolumeL = Math.floor(meter.read(atMs, flowLph(atMs) / (device.ratio ?? 1)));
    return encodeKvarter({ ...from(device), atMs, values: { waterVolumeL } });
  };
}

function kvarterOutdoor(device: Device, { weather }: Place): Sensor {
  return (atMs) => {
    const outdoorTemperatureC = rounded(weather.outdoorTemperatureC(atMs) - (device.offset ?? 0), 1);
    return encodeKvarter({ ...from(device), atMs, values: { outdoorTemperatureC } });
  };
}

function elsysRoom(device: Device, place: Place): Sensor {
  const climate = createRoom(place, place.chance.fork(device.id));
  const { id, offset = 0 } = device;
  return (atMs) => {
    const air = climate(atMs);
    const bytes = encodeElsys({
      airTemperatureC: rounded(air.airTemperatureC - offset, 1),
      relativeHumidityPct: Math.round(air.relativeHumidityPct - offset),
      illuminanceLux: Math.round(air.illuminanceLux),
      motionCount: air.motionCount,
      co2Ppm: Math.round(air.co2Ppm),
      batteryMv: Math.round(air.batteryMv),
    });
    return encodeChirpstackUplink({ device: id, atMs, port: 5, bytes });
  };
}

function em400(device: Device, place: Place): Sensor {
  const { id, emptyMm = 1500, fullMm = 300 } = device;
  const level = createContainer(place, place.chance.fork(id), { emptyMm, fullMm });
  return (atMs) => {
    const { batteryPct, airTemperatureC, distanceMm } = level(atMs);
    const bytes = encodeEm400({
      batteryPct: Math.round(batteryPct),
      airTemperatureC: rounded(airTemperatureC, 1),
      distanceMm: Math.round(distanceMm),
      tilted: false,
    });
    const deviceId = `bin-${id.toLowerCase()}`;
    return encodeThingsStackUplink({
      device: id,
      deviceId,
      application: 'containers@exempelhem',
      atMs,
      port: 85,
      bytes,
    });
  };
}

function from({ id, channel }: Device): { device: string; channel?: string } {
  return channel === undefined ? { device: id } : { device: id, channel };
}

function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

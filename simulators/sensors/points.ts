import type { Carried } from '../../src/decode/decode.ts';
import type { Quantity } from '../../src/domain/quantity.ts';
import type { Role } from '../../src/domain/reading.ts';
import type { Device } from '../../src/domain/register.ts';
import type { Definition } from './definition.ts';

/** A value that a device says, and where it has it from. */
export type SensorPoint = {
  readonly carried: Carried;
  /** As the payload says it. */
  readonly channel?: string;
  /** What is looked up in the world, or what the device knows by itself. */
  readonly source: { readonly of: 'world'; readonly quantity: Quantity } | { readonly of: 'device' };
};

const electricity = ['activePowerW', 'activeEnergyWh', 'exportedEnergyWh'] as const;
const phases = ['phasePowerW', 'currentA', 'voltageV'] as const;
const heat = [
  'heatPowerW',
  'heatEnergyWh',
  'heatVolumeL',
  'flowLph',
  'supplyTemperatureC',
  'returnTemperatureC',
  'hotWaterTemperatureC',
] as const;
const water = ['waterVolumeL', 'flowLph'] as const;
const air = [
  'airTemperatureC',
  'relativeHumidityPct',
  'co2Ppm',
  'illuminanceLux',
  'motionCount',
  'occupied',
] as const;

/** What sensors of a role are there for. A device says of it what its definition carries and the world has. */
const byRole: Readonly<Record<Role, readonly Quantity[]>> = {
  electricityMain: [...electricity, ...phases, 'frequencyHz'],
  submeter: [...electricity, ...heat, ...water, 'valveOpenPct', 'stateOfChargePct'],
  heatMain: heat,
  waterMain: water,
  room: air,
  outdoor: ['outdoorTemperatureC', 'relativeHumidityPct'],
  container: ['distanceMm', 'fillLevelPct', 'airTemperatureC', 'tilted'],
};

/** What stands for a quantity that is not carried: the probe of a heat meter, the pulses of a water meter. */
const standIns: Partial<Record<Role, Partial<Record<Quantity, readonly Quantity[]>>>> = {
  outdoor: { airTemperatureC: ['outdoorTemperatureC'], probeTemperatureC: ['outdoorTemperatureC'] },
  heatMain: { probeTemperatureC: ['supplyTemperatureC', 'returnTemperatureC'] },
  submeter: { probeTemperatureC: ['hotWaterTemperatureC', 'supplyTemperatureC'] },
  waterMain: { pulseCount: ['waterVolumeL'] },
};

/** What only a meter's maker makes it say: not what somebody has programmed. */
const ofMeters: ReadonlySet<Quantity> = new Set<Quantity>([
  ...phases,
  'frequencyHz',
  'valveOpenPct',
  'heatVolumeL',
]);
/** What a device says of itself; of formats that may carry everything, only what such devices usually say. */
const own: ReadonlySet<Quantity> = new Set<Quantity>([
  ...([
    'batteryPct',
    'batteryMv',
    'rssiDbm',
    'snrDb',
    'batteryLow',
    'tampered',
    'sensorError',
    'alarm',
  ] as const),
  ...(['leaking', 'burst', 'frost', 'reverseFlow', 'dry'] as const),
]);
const EVERYTHING = 40;

/**
 * The values that a row's device reports, in the order of its definition: those of its role that the definition carries and
 * that `has` says the world can tell, with groups whole, in the mode of the definition that says most.
 */
export function pointsOf(
  device: Device,
  { carries }: Definition,
  has: (quantity: Quantity, channel: string | undefined) => boolean,
): readonly SensorPoint[] {
  const { role } = device;
  if (role === undefined) return [];
  const wanted: ReadonlySet<Quantity> = new Set(byRole[role]);
  const taken = new Map<Quantity, number>();
  const isGeneral = carries.length > EVERYTHING && carries.every(({ channel }) => channel === undefined);
  const point = (carried: Carried): SensorPoint | undefined => {
    const { quantity, channel: fixed } = carried;
    const channel = fixed ?? device.channel;
    const named = channel === undefined ? {} : { channel };
    if (wanted.has(quantity) && !(isGeneral && ofMeters.has(quantity))) {
      if (has(quantity, channel)) return { carried, ...named, source: { of: 'world', quantity } };
      if (quantity === 'tilted') return { carried, ...named, source: { of: 'device' } };
    }
    const others = standIns[role]?.[quantity] ?? [];
    const standIn = others[taken.get(quantity) ?? 0];
    if (!isGeneral && standIn !== undefined && has(standIn, channel)) {
      taken.set(quantity, (taken.get(quantity) ?? 0) + 1);
      return { carried, ...named, source: { of: 'world', quantity: standIn } };
    }
    const isOwn = own.has(quantity) && !isGeneral;
    return isOwn || carried.always ? { carried, ...named, source: { of: 'device' } } : undefined;
  };

  const usable = carries.filter(({ channel }) => isThis(device, channel, carries));
  const modes = [...new Set(usable.map(({ mode }) => mode))];
  const best = modes
    .map((mode) => {
      taken.clear();
      const ofMode = usable.filter((carried) => carried.mode === mode || carried.mode === undefined);
      return wholeGroups(ofMode, ofMode.map(point));
    })
    .toSorted((a, b) => worldly(b) - worldly(a))[0];
  return best !== undefined && worldly(best) > 0 ? once(best) : [];
}

/**
 * A row for one channel that the definition has says that one alone. Parts of a device that is many things in one (a
 * relay's `switch:0`, a mean of the last hours) are only said by rows that name them.
 */
function isThis({ channel: own }: Device, channel: string | undefined, carries: readonly Carried[]): boolean {
  if (own !== undefined && carries.some((carried) => carried.channel === own)) return channel === own;
  return channel === undefined || !/:|^mean$|^surface$|^peak$|^probe$/.test(channel);
}

function wholeGroups(
  carries: readonly Carried[],
  points: readonly (SensorPoint | undefined)[],
): SensorPoint[] {
  const broken = new Set(
    carries.filter(({ group }, i) => group !== undefined && !points[i]).map(({ group }) => group),
  );
  return points
    .filter((point) => point !== undefined)
    .filter(({ carried: { group } }) => !broken.has(group) || group === undefined);
}

function worldly(points: readonly SensorPoint[]): number {
  return points.filter(({ source }) => source.of === 'world').length;
}

function once(points: readonly SensorPoint[]): readonly SensorPoint[] {
  const seen = new Set<string>();
  return points.filter(({ carried: { quantity }, channel = '' }) => {
    const key = `${quantity}|${channel}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

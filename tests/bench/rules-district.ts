import type { Quantity } from '../../src/domain/quantity.ts';
import { type PlacedPoint, pointKey, type Reading, type Role } from '../../src/domain/reading.ts';
import type { Building, Device, Register } from '../../src/domain/register.ts';

const MINUTE_MS = 60_000;

/** A device of the mix: what it says in one packet, and how often. */
type Kind = {
  readonly role: Role;
  readonly everyMinutes: number;
  readonly quantities: readonly (readonly [Quantity, channel?: string])[];
  readonly perBuilding: number;
};

/** 50 points a building. */
const kinds: readonly Kind[] = [
  {
    role: 'electricityMain',
    everyMinutes: 1,
    perBuilding: 1,
    quantities: [
      ['activePowerW'],
      ['activeEnergyWh'],
      ['phasePowerW', 'L1'],
      ['phasePowerW', 'L2'],
      ['phasePowerW', 'L3'],
    ],
  },
  {
    role: 'heatMain',
    everyMinutes: 15,
    perBuilding: 1,
    quantities: [
      ['heatPowerW'],
      ['heatEnergyWh'],
      ['heatVolumeL'],
      ['flowLph'],
      ['supplyTemperatureC'],
      ['returnTemperatureC'],
      ['hotWaterTemperatureC'],
    ],
  },
  {
    role: 'waterMain',
    everyMinutes: 15,
    perBuilding: 1,
    quantities: [['waterVolumeL'], ['leaking'], ['burst'], ['reverseFlow']],
  },
  {
    role: 'submeter',
    everyMinutes: 5,
    perBuilding: 2,
    quantities: [['activePowerW'], ['activeEnergyWh']],
  },
  {
    role: 'room',
    everyMinutes: 10,
    perBuilding: 5,
    quantities: [['airTemperatureC'], ['relativeHumidityPct'], ['co2Ppm'], ['batteryPct']],
  },
  {
    role: 'container',
    everyMinutes: 60,
    perBuilding: 2,
    quantities: [['fillLevelPct'], ['airTemperatureC'], ['tilted'], ['batteryPct']],
  },
  {
    role: 'outdoor',
    everyMinutes: 10,
    perBuilding: 1,
    quantities: [['outdoorTemperatureC'], ['batteryLow']],
  },
];

/** A device: its points, and the minute and second of its packets. */
type Sender = {
  readonly points: readonly PlacedPoint[];
  readonly kind: Kind;
  readonly offsetMs: number;
  readonly n: number;
};

export type RulesDistrict = {
  readonly register: Register;
  readonly points: number;
  /** The readings of a minute, packet by packet in the order of time, the buildings mixed. */
  readonly minute: (fromMs: number) => readonly Reading[];
};

/** So many buildings of 50 points; every second one has the tariff. The same numbers give the same readings. */
export function rulesDistrict(buildings: number, tariff: string): RulesDistrict {
  const ids = Array.from({ length: buildings }, (_, i) => `building-${i}`);
  const senders = ids.flatMap((building, b) =>
    kinds.flatMap((kind) =>
      Array.from({ length: kind.perBuilding }, (_, i) => sender(building, kind, b * 31 + i)),
    ),
  );
  return {
    register: {
      organisation: { id: 'o', name: 'O', timeZone: 'Europe/Stockholm' },
      areas: [{ id: 'a', name: 'A', buildings: ids }],
      buildings: new Map(ids.map((id, i) => [id, buildingOf(id, i % 2 === 0 ? tariff : undefined)])),
      devices: new Map(senders.map((one) => [deviceOf(one), [row(one)]])),
    },
    points: senders.reduce((sum, { points }) => sum + points.length, 0),
    minute: minutesOf(senders),
  };
}

function sender(building: string, kind: Kind, n: number): Sender {
  const device = `${building}-${kind.role}-${n % 31}`;
  const space = kind.role === 'room' ? { space: `${building}-flat-${n % 31}` } : {};
  const points = kind.quantities.map(([quantity, channel]): PlacedPoint => {
    const point = { device, quantity, ...(channel === undefined ? {} : { channel }) };
    return {
      ...point,
      ...space,
      key: pointKey(point),
      organisation: 'o',
      area: 'a',
      building,
      role: kind.role,
    };
  });
  const everyMs = kind.everyMinutes * MINUTE_MS;
  return { points, kind, n, offsetMs: Math.floor(part(n * 7 + kind.everyMinutes) * (everyMs / 1000)) * 1000 };
}

/** By the minute of their turn, so that a minute looks only at those that speak in it. */
function minutesOf(senders: readonly Sender[]): RulesDistrict['minute'] {
  const turns = Map.groupBy(
    senders,
    ({ kind, offsetMs }) => `${kind.everyMinutes}|${Math.floor(offsetMs / MINUTE_MS)}`,
  );
  const everies = [...new Set(kinds.map(({ everyMinutes }) => everyMinutes))];
  return (fromMs) =>
    everies
      .flatMap((every) => turns.get(`${every}|${(fromMs / MINUTE_MS) % every}`) ?? [])
      .map((one) => ({ one, atMs: fromMs + (one.offsetMs % MINUTE_MS) }))
      .toSorted((a, b) => a.atMs - b.atMs)
      .flatMap(({ one, atMs }) =>
        one.points.map((point) => ({
          point,
          atMs,
          value: measured(point, one.n, atMs),
          receivedAtMs: atMs + 400,
        })),
      );
}

/** Days, noise, and a few points outside their limits: what a district does on a normal winter day. */
function measured({ quantity }: PlacedPoint, n: number, atMs: number): number {
  const noise = part(n * 13 + atMs / 1000) - 0.5;
  const day = Math.sin((atMs / 86_400_000) * 2 * Math.PI + (n % 7) * 0.2);
  const hours = atMs / 3_600_000 - 490_000;
  const values: Partial<Record<Quantity, number>> = {
    activePowerW: 20_000 + 8000 * day + 4000 * noise,
    activeEnergyWh: 20_000 * hours + 30_000 * day,
    phasePowerW: 6500 + 2500 * day + 1300 * noise,
    heatPowerW: 60_000 - 20_000 * day + 5000 * noise,
    heatEnergyWh: 60_000 * hours,
    heatVolumeL: 1500 * hours,
    flowLph: 1500 - 500 * day + 100 * noise,
    supplyTemperatureC: 75 - 10 * day + 2 * noise,
    returnTemperatureC: 40 - 4 * day + 2 * noise,
    hotWaterTemperatureC: 55 + 3 * noise,
    waterVolumeL: 300 * hours,
    airTemperatureC: (n % 200 === 0 ? 14.8 : 21) + day + 0.6 * noise,
    relativeHumidityPct: 40 + 8 * day + 3 * noise,
    co2Ppm: 650 + 250 * day + 60 * noise,
    batteryPct: 80 - (n % 60),
    fillLevelPct: (n * 17 + hours * 0.8) % 95,
    outdoorTemperatureC: -2 + 4 * day + noise,
  };
  return Math.round((values[quantity] ?? 0) * 100) / 100;
}

/** A number in [0, 1) that looks like chance. */
function part(n: number): number {
  const x = Math.sin(n * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

function deviceOf({ points }: Sender): string {
  return points[0]?.device ?? '';
}

function row(one: Sender): Device {
  const { building = '', space } = one.points[0] ?? {};
  return {
    id: deviceOf(one),
    model: 'kvarter',
    building,
    role: one.kind.role,
    ...(space === undefined ? {} : { space }),
    ...(one.kind.role === 'container' ? { fraction: 'residual', volumeL: 660 } : {}),
  };
}

function buildingOf(id: string, tariff: string | undefined): Building {
  const spaces = Array.from({ length: 5 }, (_, i) => ({ id: `${id}-flat-${i}`, kind: 'flat' }));
  const flexibleLoads = [{ id: 'heat-pump', name: 'Heat pump', powerKw: 8, maxOffMinutes: 60, priority: 1 }];
  return {
    id,
    name: id,
    area: 'a',
    areaM2: 2500,
    spaces,
    flexibleLoads,
    ...(tariff === undefined ? {} : { tariff }),
  };
}

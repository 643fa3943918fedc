import { describe, expect, it } from 'vitest';
import { createDistrict, type District, type FleetPacket } from '../../../simulators/district.ts';
import { inventedRegisterFiles } from '../../../simulators/invented-register.ts';
import { definitionOf } from '../../../simulators/sensors/definition.ts';
import { rhythmOf } from '../../../simulators/sensors/rhythm.ts';
import { decode } from '../../../src/decode/index.ts';
import { noMemory } from '../../../src/decode/memory.ts';
import { HOUR_MS } from '../../../src/domain/interval.ts';
import { quantities } from '../../../src/domain/quantity.ts';
import { type Measurement, pointKey } from '../../../src/domain/reading.ts';
import type { Register } from '../../../src/domain/register.ts';
import { zoneOf } from '../../../src/domain/zone.ts';
import { exampleRegister, registerOf, withDevices } from './example.ts';

const register = exampleRegister();
const FROM_MS = Date.UTC(2026, 0, 14, 23);
const DAY_MS = 24 * HOUR_MS;

type Asked = { register?: Register; seed?: number; fromMs?: number; toMs?: number };

function packetsOf({
  register: of = register,
  seed = 1,
  fromMs = FROM_MS,
  toMs = fromMs + HOUR_MS,
}: Asked): FleetPacket[] {
  return packetsIn(createDistrict({ register: of, seed, startMs: fromMs }), fromMs, toMs);
}

function packetsIn(district: District, fromMs: number, toMs: number): FleetPacket[] {
  return [...district.events(fromMs, toMs)].filter((event) => event.type === 'packet');
}

const lines = (packets: Iterable<FleetPacket>): string[] =>
  [...packets].map(({ atMs, topic, payload }) => `${atMs} ${topic} ${payload.toString('base64')}`);

/** What a packet says, by the service's own decoders. */
function measured({ atMs, topic, payload }: FleetPacket, of = register): readonly Measurement[] {
  const { measurements, problems } = decode(
    { topic, payload, receivedAtMs: atMs },
    {
      modelOf: (device) => of.devices.get(device)?.[0]?.model,
      deviceId: (names) => names.find((name) => of.devices.has(name)),
      zone: () => zoneOf(of.organisation.timeZone),
      memory: noMemory,
    },
  );
  if (problems.length > 0 || measurements.length === 0) {
    throw new Error(`${topic} ${payload.toString()}: ${JSON.stringify(problems)}`);
  }
  return measurements;
}

/** One day of the whole district, by point. */
function dayByPoint(): Map<string, Measurement[]> {
  const points = new Map<string, Measurement[]>();
  for (const packet of packetsOf({ toMs: FROM_MS + DAY_MS })) {
    for (const measurement of measured(packet)) {
      const key = pointKey(measurement);
      const series = points.get(key) ?? [];
      series.push(measurement);
      points.set(key, series);
    }
  }
  return points;
}

describe('a district', () => {
  it('says the same for the same seed, and other things for another', () => {
    const packets = lines(packetsOf({}));
    expect(lines(packetsOf({}))).toEqual(packets);
    expect(lines(packetsOf({ seed: 2 }))).not.toEqual(packets);
  });

  it('says the same however the time is cut', () => {
    const whole = lines(packetsOf({}));
    const district = createDistrict({ register, seed: 1, startMs: FROM_MS });
    const cut: string[] = [];
    const cuts = [0, 1, 999, 1000, 10_000, 10_000.5, 61_000, 1_800_000, HOUR_MS];
    for (const [i, to] of cuts.entries()) {
      cut.push(...lines(packetsIn(district, FROM_MS + (cuts[i - 1] ?? 0), FROM_MS + to)));
    }
    expect(cut).toEqual(whole);
  });

  it('leaves nothing out when an iteration is left early', () => {
    const district = createDistrict({ register, seed: 1, startMs: FROM_MS });
    const first: FleetPacket[] = [];
    for (const event of district.events(FROM_MS, FROM_MS + HOUR_MS / 2)) {
      if (event.type === 'packet') first.push(event);
      if (first.length === 10) break;
    }
    const rest = packetsIn(district, FROM_MS + HOUR_MS / 2, FROM_MS + HOUR_MS);
    expect(lines([...first, ...rest])).toEqual(lines(packetsOf({})));
  });

  it('refuses to jump, because its meters would not have run in between', () => {
    const district = createDistrict({ register, seed: 1, startMs: FROM_MS });
    district.events(FROM_MS, FROM_MS + 1000);
    expect(() => district.events(FROM_MS + 2000, FROM_MS + 3000)).toThrow(RangeError);
    expect(() => district.events(FROM_MS, FROM_MS + 3000)).toThrow(RangeError);
  });

  it('is in order of time, within what was asked for', () => {
    const times = packetsOf({}).map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(FROM_MS);
    expect(Math.max(...times)).toBeLessThan(FROM_MS + HOUR_MS);
  });

  it('lets a device say the same whoever else is there', () => {
    const few = withDevices(register, (device) => /^(el|water)-b[27]$|^02005e1001050002$/.test(device));
    const alone = lines(packetsOf({ register: few }));
    expect(alone.length).toBeGreaterThan(120);
    expect(lines(packetsOf({}))).toEqual(expect.arrayContaining(alone));
  });

  it('passes over devices that it cannot simulate', () => {
    const strange = registerOf(
      {
        file: 'places.yaml',
        text: 'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b, name: B }] }]',
      },
      {
        file: 'devices.csv',
        text: 'device,model,building,space,role\nx,kvarter,b,,submeter\ny,kvarter,b,,\nz,kvarter,b,,waterMain\n',
      },
    );
    expect(createDistrict({ register: strange, seed: 1, startMs: FROM_MS }).devices).toBe(1);
    expect(new Set(packetsOf({ register: strange }).map(({ topic }) => topic))).toEqual(
      new Set(['kvarter/z/up']),
    );
  });

  it('says a meter’s channel, and what its ratio leaves', () => {
    const text = (rows: string) => ({
      file: 'devices.csv',
      text: `device,model,building,space,role,channel,ratio\n${rows}`,
    });
    const places = {
      file: 'places.yaml',
      text: 'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b, name: B, areaM2: 4000 }] }]',
    };
    const powers = (rows: string) =>
      packetsOf({ register: registerOf(places, text(rows)) })
        .flatMap((packet) => measured(packet))
        .filter(({ quantity }) => quantity === 'activePowerW');
    const plain = powers('m,kvarter,b,,electricityMain,2,\n');
    const scaled = powers('m,kvarter,b,,electricityMain,2,40\n');
    expect(new Set(plain.map(({ channel }) => channel))).toEqual(new Set(['2']));
    expect(scaled).toHaveLength(plain.length);
    for (const [i, { value }] of scaled.entries()) expect(value * 40).toBeCloseTo(plain[i]?.value ?? 0, -1);
  });
});

it('a packet without a time is marked as such: that a plug is there again, and what it says before its clock is set', () => {
  const places = {
    file: 'places.yaml',
    text: 'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b, name: B, areaM2: 4000 }] }]',
  };
  // With this name it starts again on the second afternoon.
  const text = 'device,model,building,space,role\nt26,tasmota,b,,electricityMain\n';
  const plug = registerOf(places, { file: 'devices.csv', text });
  const untimed = packetsOf({ register: plug, toMs: FROM_MS + 2 * DAY_MS }).filter((packet) => {
    const isUntimed = measured(packet, plug).every(({ atMs }) => atMs === undefined);
    expect(packet.isUntimed ?? false).toBe(isUntimed);
    return isUntimed;
  });
  expect(untimed.map(({ topic }) => topic)).toEqual(['tele/t26/LWT', 'tele/t26/SENSOR']);
});

describe('a day of the example district', () => {
  const points = dayByPoint();

  it('is read by the decoders: every packet, about when it was due, with possible values', () => {
    const packets = packetsOf({});
    for (const packet of packets) {
      for (const { atMs = packet.atMs, device } of measured(packet)) {
        // Clocks are off by a second or two, and radio takes its time.
        expect(Math.abs(atMs - packet.atMs)).toBeLessThan(40_000);
        expect([...register.devices.keys()]).toContain(device);
      }
    }
    for (const { quantity, value } of [...points.values()].flat()) {
      const { min, max } = quantities[quantity];
      if (!(value >= min && value <= max)) throw new Error(`${quantity} ${value}`);
    }
  });

  it('has every device, about as often as its kind says: radio loses some', () => {
    for (const [id, [row]] of register.devices) {
      const definition = row && definitionOf(row);
      if (!definition || !row.role) throw new Error(`${id} is not simulated`);
      const { periodMs } = rhythmOf(definition, row.role, 0);
      const most = Math.max(
        ...[...points.values()].filter(([first]) => first?.device === id).map(({ length }) => length),
      );
      expect(most, id).toBeLessThanOrEqual((1.02 * DAY_MS) / periodMs + 1);
      expect(most, id).toBeGreaterThan((0.9 * DAY_MS) / periodMs - 1);
    }
  });

  it.each([
    ['el-b1', 'activePowerW', 'activeEnergyWh'],
    ['el-b3', 'activePowerW', 'activeEnergyWh'],
    ['el-b5', 'activePowerW', 'activeEnergyWh'],
    ['heat-b1', 'heatPowerW', 'heatEnergyWh'],
  ] as const)('lets power and register of %s agree', (device, power, energy) => {
    const powers = points.get(`${device}|${power}|`) ?? [];
    const register = points.get(`${device}|${energy}|`) ?? [];
    const hours = ((register.at(-1)?.atMs ?? 0) - (register[0]?.atMs ?? 0)) / HOUR_MS;
    const meanW = powers.reduce((sum, { value }) => sum + value, 0) / powers.length;
    const countedW = ((register.at(-1)?.value ?? 0) - (register[0]?.value ?? 0)) / hours;
    expect(hours).toBeGreaterThan(22);
    expect(meanW / countedW).toBeGreaterThan(0.95);
    expect(meanW / countedW).toBeLessThan(1.05);
  });

  it('has registers that only grow', () => {
    for (const [key, series] of points) {
      const [, name] = key.split('|');
      if (!name || !Object.hasOwn(quantities, name)) continue;
      if (quantities[name as keyof typeof quantities].kind !== 'register') continue;
      const values = series.toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0)).map(({ value }) => value);
      expect(values, key).toEqual(values.toSorted((a, b) => a - b));
    }
  });
});

it('speaks as every model of an invented register, without a word that the service does not read', () => {
  const { places, devices } = inventedRegisterFiles({ buildings: 12 });
  const invented = registerOf({ file: 'places.yaml', text: places }, { file: 'devices.csv', text: devices });
  const packets = packetsOf({ register: invented, toMs: FROM_MS + 7 * HOUR_MS });
  const heard = new Set(packets.flatMap((packet) => measured(packet, invented)).map(({ device }) => device));
  const silent = [...invented.devices.keys()].filter((id) => !heard.has(id));
  expect(silent).toEqual([]);
});

it('a container’s sensor that says a level makes it of its echo, be it of dirt', () => {
  const bin = [...register.devices.values()].flat().find(({ role }) => role === 'container');
  const id = bin?.id ?? '';
  const devices = new Map(bin ? [[id, [{ ...bin, model: 'netvox-r718x' }]]] : []);
  const of = { ...register, devices };
  const toMs = FROM_MS + DAY_MS;
  const building = bin?.building ?? '';
  const fouled = { kind: 'sensor-fouled', subject: id, building, fromMs: FROM_MS, toMs, size: 200 } as const;
  const district = createDistrict({ register: of, seed: 1, startMs: FROM_MS, faults: [fouled] });
  const said = packetsIn(district, FROM_MS, toMs).flatMap((packet) => measured(packet, of));
  const levels = said.flatMap(({ quantity, value }) => (quantity === 'fillLevelPct' ? [value] : []));
  expect(levels.length).toBeGreaterThan(20);
  expect(new Set(levels)).toEqual(new Set([100]));
});

it('a register that counts a thousand times as much begins again past what it can say', () => {
  const devices = new Map([
    ['m', [{ id: 'm', model: 'shelly', building: 'b1', role: 'electricityMain' } as const]],
  ]);
  const of = { ...register, devices };
  const toMs = FROM_MS + 8 * DAY_MS;
  const wrong = {
    kind: 'wrong-ct-ratio',
    subject: 'm',
    building: 'b1',
    fromMs: FROM_MS,
    toMs,
    size: 1e5,
  } as const;
  const district = createDistrict({ register: of, seed: 1, startMs: FROM_MS, faults: [wrong] });
  const counts = packetsIn(district, FROM_MS, toMs)
    .flatMap((packet) => measured(packet, of))
    .flatMap(({ quantity, value }) => (quantity === 'activeEnergyWh' ? [value] : []));
  const lower = counts.filter((value, i) => value < (counts[i - 1] ?? 0));
  expect(lower.length).toBeGreaterThan(0);
  expect(counts.filter((value, i) => value === counts[i - 1])).toEqual([]);
});

it('a gateway that is away makes missing what would have spoken, and not what speaks once a day', () => {
  const { places, devices } = inventedRegisterFiles({ buildings: 4 });
  const invented = registerOf({ file: 'places.yaml', text: places }, { file: 'devices.csv', text: devices });
  const noonMs = FROM_MS + 12 * HOUR_MS;
  const outages = [{ gateway: 'lora-area-1', fromMs: noonMs, toMs: noonMs + 5 * HOUR_MS, keeps: false }];
  const district = createDistrict({ register: invented, seed: 1, startMs: noonMs - HOUR_MS, outages });
  packetsIn(district, noonMs - HOUR_MS, noonMs + 6 * HOUR_MS);
  const missing = new Set(
    district.truth().flatMap(({ kind, subject }) => (kind === 'missing' ? [subject] : [])),
  );
  const modelOf = (id: string) => invented.devices.get(id)?.[0]?.model;
  const models = new Set([...missing].map(modelOf));
  expect(models).toContain('elsys-ers');
  expect(models).not.toContain('axioma-w1');
  expect([...invented.devices.keys()].map(modelOf)).toContain('axioma-w1');
});

import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formats } from '../../../src/decode/index.ts';
import { createMemory } from '../../../src/decode/memory.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import type { Building, Device, Register } from '../../../src/domain/register.ts';
import { createIngest, type Packet } from '../../../src/ingest/ingest.ts';
import { openQuarantine } from '../../../src/ingest/quarantine.ts';
import { registerOf } from '../../support/readings.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const devices: Device[] = [
  { id: 'el', model: 'kvarter', building: 'b1', role: 'electricityMain', ratio: 40 },
  { id: 'two', model: 'kvarter', building: 'b1', channel: '1', role: 'electricityMain' },
  { id: 'two', model: 'kvarter', building: 'b1', channel: '2', role: 'submeter' },
  { id: 'room', model: 'kvarter', building: 'b1', role: 'room', offset: -0.3 },
  { id: 'bin', model: 'kvarter', building: 'b1', role: 'container', emptyMm: 1500, fullMm: 300 },
  { id: '02005E1001010001', model: 'elsys-ers', building: 'b1', role: 'room' },
];
const register = registerOf([{ id: 'b1' }], devices);
const ingest = () => {
  const one = createIngest({
    register: () => register,
    maxFutureMs: 600_000,
    maxPastMs: 3650 * 86_400_000,
  });
  const memory = createMemory({ maxBytes: 1_000_000 });
  return { packet: (given: Packet) => one.packet(given, memory) };
};
const packet = (topic: string, payload: string | Uint8Array): Packet => ({
  kind: 'packet' as const,
  receivedAtMs: NOW,
  topic,
  payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
});
const up = (device: string, element: object) => packet(`kvarter/${device}/up`, JSON.stringify(element));

describe('a packet becomes readings', () => {
  const cases: [says: string, device: string, element: object, readings: [string, number][]][] = [
    [
      'power times the ratio of the transformers',
      'el',
      { values: { activePowerW: 50 } },
      [['activePowerW', 2000]],
    ],
    ['a voltage is not scaled', 'el', { values: { voltageV: 230 } }, [['voltageV', 230]]],
    [
      'a temperature with its offset',
      'room',
      { values: { airTemperatureC: 21.3 } },
      [['airTemperatureC', 21]],
    ],
    [
      'a distance, and the level it means',
      'bin',
      { values: { distanceMm: 600 } },
      [
        ['distanceMm', 600],
        ['fillLevelPct', 75],
      ],
    ],
    [
      'a distance beyond the bottom is an empty container',
      'bin',
      { values: { distanceMm: 1900 } },
      [
        ['distanceMm', 1900],
        ['fillLevelPct', 0],
      ],
    ],
  ];
  test.each(cases)('%s', (_, device, element, expected) => {
    const { readings, rejects } = ingest().packet(up(device, element));
    expect(rejects).toEqual([]);
    expect(readings.map(({ point, value }) => [point.quantity, Math.round(value * 1e6) / 1e6])).toEqual(
      expected,
    );
  });

  it('gets its place and role from the row of its channel', () => {
    const one = ingest().packet(up('two', { channel: '2', values: { activePowerW: 1 } })).readings[0];
    expect(one?.point).toMatchObject({
      building: 'b1',
      area: 'a',
      organisation: 'o',
      role: 'submeter',
      channel: '2',
    });
  });

  it('is stamped with its arrival when it names no time', () => {
    expect(ingest().packet(up('el', { values: { activePowerW: 1 } })).readings[0]?.atMs).toBe(NOW);
  });

  it('knows what it came through: the format, and the sender where there is one', () => {
    const given = up('el', { values: { activePowerW: 1 } });
    const sourceOf = (one: Packet) => ingest().packet(one).readings[0]?.source;
    expect(sourceOf(given)).toBe('kvarter');
    expect(sourceOf({ ...given, sender: 'north' })).toBe('kvarter (north)');
  });

  it('belongs to the device whatever the case of its devEui', () => {
    const uplink = { deviceInfo: { devEui: '02005e1001010001' }, object: { temperature: 20 }, data: '' };
    const { readings } = ingest().packet(
      packet('application/a/device/02005e1001010001/event/up', JSON.stringify(uplink)),
    );
    expect(readings.map(({ point }) => point.device)).toEqual(['02005E1001010001']);
  });
});

describe('a packet is rejected', () => {
  it.each([
    ['unknown-device', up('nobody', { values: { activePowerW: 1 } })],
    ['unknown-device', up('two', { channel: '3', values: { activePowerW: 1 } })],
    ['impossible-value', up('room', { values: { relativeHumidityPct: 101 } })],
    ['impossible-value', up('el', { values: { activePowerW: 600_000 } })],
    ['future-time', up('el', { time: '2026-01-15T12:10:01Z', values: { activePowerW: 1 } })],
    ['past-time', up('el', { time: '1970-01-01T00:00:12Z', values: { activePowerW: 1 } })],
    ['malformed-payload', packet('kvarter/el/up', '{')],
    ['unknown-topic', packet('elsewhere', 'x')],
  ])('as %s', (code, wrong) => {
    const { readings, rejects } = ingest().packet(wrong);
    expect([readings.length, rejects.map((reject) => reject.code)]).toEqual([0, [code]]);
    expect(rejects[0]?.payload).toEqual(wrong.payload);
  });

  it('in part: one bad value harms no other, and is told once however often it occurs', () => {
    const bad = Array.from({ length: 5 }, () => ({ values: { activePowerW: 1e12, voltageV: 230 } }));
    const { readings, rejects } = ingest().packet(up('el', bad));
    expect(readings).toHaveLength(5);
    expect(rejects).toMatchObject([
      { code: 'impossible-value', device: 'el', detail: expect.stringContaining('4 more') },
    ]);
  });
});

test('what a load answers to a command is neither a reading nor a reject', () => {
  const { readings, rejects } = ingest().packet(packet('kvarter/acks/b1/hp', '{"accepted":true}'));
  expect([readings, rejects]).toEqual([[], []]);
});

test('no bytes on any topic make it throw', () => {
  const topics = formats.flatMap(({ examples }) => examples.map(({ topic }) => topic));
  const payloads = formats.flatMap(({ examples }) => examples.map(({ payload }) => payload));
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .tuple(fc.constantFrom(...payloads), fc.nat(400), fc.string({ maxLength: 3 }))
      .map(([text, at, noise]) => Buffer.from(text.slice(0, at) + noise + text.slice(at + noise.length))),
  );
  const one = ingest();
  fc.assert(
    fc.property(fc.constantFrom(...topics, 'x'), anything, (topic, payload) => {
      for (const { value, atMs } of one.packet(packet(topic, payload)).readings) {
        expect([Number.isFinite(value), Number.isFinite(atMs)]).toEqual([true, true]);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('the quarantine', () => {
  const rejectOf = (topic: string) => ingest().packet(packet(topic, 'x')).rejects;

  it('keeps a reject once, however often its frame is read', () => {
    const quarantine = openQuarantine(new DatabaseSync(':memory:'), { maxRows: 10 });
    quarantine.add('1', rejectOf('a'));
    quarantine.add('1', rejectOf('a'));
    quarantine.add('2', rejectOf('a'));
    expect(quarantine.rows()).toBe(2);
  });

  it('forgets the oldest past its bound, and counts them', () => {
    const quarantine = openQuarantine(new DatabaseSync(':memory:'), { maxRows: 3 });
    for (let frame = 0; frame < 5; frame += 1) quarantine.add(String(frame), rejectOf('a'));
    expect([quarantine.rows(), quarantine.forgotten()]).toEqual([3, 2]);
  });
});

describe('a register that is read again', () => {
  const place = (building: Partial<Building>, ratio: number) => {
    const next = registerOf([{ id: 'b1', ...building }], devices);
    const changed: Device = { id: 'two', model: 'kvarter', building: 'b1', channel: '1', ratio };
    return { ...next, devices: new Map([...register.devices, ['two', [changed]]]) };
  };

  it('keeps the points of devices that have not changed, and makes those anew that have', () => {
    const before = { ...place({}, 1), buildings: register.buildings };
    let now: Register = before;
    const taken = createIngest({ register: () => now, maxFutureMs: 600_000, maxPastMs: 86_400_000 });
    const pointOf = (device: string, channel?: string) => {
      const into: Reading[] = [];
      const item = { device, quantity: 'activePowerW', value: 1, ...(channel && { channel }) } as const;
      taken.measurement(item, NOW, into);
      return into[0]?.point;
    };
    const [el, two] = [pointOf('el'), pointOf('two', '1')];
    now = { ...place({}, 2), buildings: register.buildings };
    expect(pointOf('el')).toBe(el);
    expect(pointOf('two', '1')).not.toBe(two);
    now = place({ area: 'other' }, 2);
    expect(pointOf('el')).toMatchObject({ area: 'other' });
  });
});

describe('a meter that is exchanged', () => {
  it('has its role while it counts', () => {
    const rows: Device[] = [
      {
        id: 'old',
        model: 'kvarter',
        building: 'b1',
        role: 'electricityMain',
        countsToMs: NOW,
        replacedBy: 'new',
      },
      { id: 'new', model: 'kvarter', building: 'b1', role: 'electricityMain', countsFromMs: NOW },
    ];
    const exchanged = registerOf([{ id: 'b1' }], rows);
    const taken = createIngest({ register: () => exchanged, maxFutureMs: 600_000, maxPastMs: 86_400_000 });
    const roleOf = (device: string, atMs: number) => {
      const into: Reading[] = [];
      taken.measurement({ device, quantity: 'activePowerW', value: 1, atMs }, NOW, into);
      return into[0]?.point.role;
    };
    expect([roleOf('old', NOW - 1), roleOf('old', NOW)]).toEqual(['electricityMain', undefined]);
    expect([roleOf('new', NOW - 1), roleOf('new', NOW)]).toEqual([undefined, 'electricityMain']);
  });
});

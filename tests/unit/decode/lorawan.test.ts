import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { contextOf } from './context.ts';

const EUI = '70b3d50000000a01';
const atMs = Date.UTC(2026, 0, 15, 7, 15);
const receivedAtMs = atMs + 1500;

/** The same uplink from both servers. */
const servers = [
  {
    server: 'ChirpStack',
    packet: (given: Uplink) => ({
      topic: `application/a/device/${EUI}/event/up`,
      payload: {
        time: '2026-01-15T07:15:00.000000001+00:00',
        deviceInfo: { devEui: EUI },
        fPort: 5,
        ...given,
      },
    }),
  },
  {
    server: 'The Things Stack',
    packet: ({ data, object, fPort = 5, time = '2026-01-15T07:15:00.000000001Z' }: Uplink) => ({
      topic: 'v3/housing@tenant/devices/stairwell-2/up',
      payload: {
        end_device_ids: { device_id: 'stairwell-2', dev_eui: EUI },
        uplink_message: { f_port: fPort, frm_payload: data, decoded_payload: object, received_at: time },
      },
    }),
  },
];

type Uplink = {
  readonly data?: unknown;
  readonly object?: unknown;
  readonly fPort?: unknown;
  readonly time?: unknown;
};

const registered = { [EUI]: 'elsys-ers' };
const bytes = Buffer.from('0100e2', 'hex').toString('base64');
const temperature = { device: EUI, quantity: 'airTemperatureC', value: 22.6, atMs };

describe.each(servers)('an uplink by way of $server', ({ packet }) => {
  const read = (given: Uplink, models: Readonly<Record<string, string>>) => {
    const { topic, payload } = packet(given);
    return decode({ topic, payload: Buffer.from(JSON.stringify(payload)), receivedAtMs }, contextOf(models));
  };

  it.each([
    ['decoded values win over the bytes', { object: { temperature: 22.6 }, data: 'BkJC' }],
    ['bytes are read when nothing in the object is known', { object: { foo: 1, air: {} }, data: bytes }],
    ['bytes are read when the object is empty', { object: {}, data: bytes }],
    ['bytes are read when the object is null', { object: null, data: bytes }],
    ["kvarter's own name wins over a convention", { object: { temp: 1, airTemperatureC: 22.6 } }],
    ['the first of two names for one quantity wins', { object: { temperature: 22.6, temp: 1 } }],
    ['a number quoted as text', { object: { temperature: '22.6' } }],
    ['case and punctuation of a field do not matter', { object: { 'Air-Temperature': 22.6 } }],
    ['a field that holds something else is left alone', { object: { temperature: 22.6, light: 'on' } }],
  ])('%s', (_says, given) => {
    expect(read(given, registered)).toEqual({
      measurements: [temperature],
      problems: [],
      timeFrom: 'server',
    });
  });

  it('an impossible value does no harm to its neighbours', () => {
    const { measurements, problems } = read(
      { object: { co2Ppm: 'high', airTemperatureC: 22.6 } },
      registered,
    );
    expect(measurements).toEqual([temperature]);
    expect(problems).toEqual([
      { code: 'impossible-value', detail: 'co2Ppm "high" is not a number', device: EUI },
    ]);
  });

  it('what came before an unknown type is kept', () => {
    const { measurements, problems } = read({ data: 'AQDiPgA=' }, registered);
    expect(measurements).toEqual([temperature]);
    expect(problems).toEqual([
      {
        code: 'malformed-payload',
        detail: 'elsys: 0x3e at byte 3 is not a type that can be read: it and the rest are left out',
        device: EUI,
      },
    ]);
  });

  it.each([
    ['a clock that was never set', { time: '1970-01-01T00:00:12Z' }],
    ['a clock that counts from the first GPS week', { time: '1980-01-06T00:00:00+00:00' }],
    ['no time', { time: null }],
  ])('%s leaves the time to the arrival', (_says, given) => {
    const { atMs: _, ...untimed } = temperature;
    expect(read({ data: bytes, ...given }, registered)).toEqual({
      measurements: [untimed],
      problems: [],
      timeFrom: 'arrival',
    });
  });

  it.each([
    [
      'of a device without a model that can be read',
      { data: bytes },
      { [EUI]: 'chirpstack' },
      'unknown-model',
    ],
    ['with fields nobody knows', { object: { foo: 1 } }, { [EUI]: 'unheard-of' }, 'unknown-model'],
    ['of a device that is not registered', { data: bytes }, {}, 'unknown-device'],
    ['without bytes', { data: '' }, registered, 'malformed-payload'],
    ['whose bytes are no base64', { data: '{}' }, registered, 'malformed-payload'],
    ['at a time that is none', { data: bytes, time: 'today' }, registered, 'invalid-time'],
    ['at a time without offset', { data: bytes, time: '2026-01-15T07:15:00' }, registered, 'invalid-time'],
    ['at a time in seconds', { data: bytes, time: 1_768_461_300 }, registered, 'invalid-time'],
  ])('%s gives nothing but a problem that names it', (_says, given, models, code) => {
    expect(read(given, models)).toEqual({
      measurements: [],
      problems: [{ code, detail: expect.any(String), device: EUI }],
    });
  });

  it('says which fields it did not know, and what to do', () => {
    const { problems } = read({ object: { tempProbe: 21, foo: 1 }, data: bytes }, { [EUI]: 'unheard-of' });
    expect(problems[0]?.detail).toMatch(/"tempProbe", "foo".*set a codec.*devices\.csv/);
  });

  it('a frame without port is the network’s own, and no problem', () => {
    expect(read({ fPort: null }, registered)).toEqual({ measurements: [], problems: [] });
  });

  it.each([[EUI], [EUI.toUpperCase()]])('the device is spelled as in the register: %s', (id) => {
    const { measurements } = read({ data: bytes }, { [id]: 'elsys' });
    expect(measurements).toEqual([{ ...temperature, device: id }]);
  });

  it('an object’s values of a device that is not registered are named by the EUI', () => {
    const { measurements } = read({ object: { temperature: 22.6 } }, {});
    expect(measurements).toEqual([temperature]);
  });
});

describe('The Things Stack alone', () => {
  const up = (payload: unknown, models: Readonly<Record<string, string>> = {}) =>
    decode(
      {
        topic: 'v3/housing/devices/stairwell-2/up',
        payload: Buffer.from(JSON.stringify(payload)),
        receivedAtMs,
      },
      contextOf(models),
    );

  it('a device without EUI goes by its device id', () => {
    const { measurements } = up({
      end_device_ids: { device_id: 'stairwell-2' },
      received_at: '2026-01-15T07:15:00Z',
      uplink_message: { decoded_payload: { temperature: 22.6 } },
    });
    expect(measurements).toEqual([{ ...temperature, device: 'stairwell-2' }]);
  });

  it('a normalised measurement whose time cannot be read is a problem, its neighbours are read', () => {
    const { measurements, problems } = up({
      end_device_ids: { dev_eui: EUI },
      uplink_message: {
        normalized_payload: [
          { time: 'then', air: { temperature: 1 } },
          { time: '2026-01-15T07:15:00Z', air: { temperature: 22.6 } },
        ],
      },
    });
    expect(measurements).toEqual([temperature]);
    expect(problems.map(({ code }) => code)).toEqual(['invalid-time']);
  });

  it('an up message that is none is a problem', () => {
    expect(up({}).problems).toEqual([
      { code: 'malformed-payload', detail: 'no "uplink_message"', device: 'stairwell-2' },
    ]);
  });
});

describe('a ChirpStack status event', () => {
  const status = (event: unknown) =>
    decode(
      {
        topic: `application/a/device/${EUI}/event/status`,
        payload: Buffer.from(JSON.stringify(event)),
        receivedAtMs,
      },
      contextOf({ [EUI.toUpperCase()]: 'elsys' }),
    );

  it.each([
    ['a level', { batteryLevel: 88.3 }, [88.3]],
    ['mains power', { externalPowerSource: true, batteryLevel: 0 }, []],
    ['a battery that cannot be measured', { batteryLevelUnavailable: true, batteryLevel: 0 }, []],
    ['nothing but the margin', { margin: 10 }, []],
  ])('with %s', (_says, event, levels) => {
    const decoded = status({ time: '2026-01-15T07:15:00+00:00', deviceInfo: {}, ...event });
    expect(decoded.problems).toEqual([]);
    expect(decoded.measurements).toEqual(
      levels.map((value) => ({ device: EUI.toUpperCase(), quantity: 'batteryPct', value, atMs })),
    );
  });

  it.each([
    ['protobuf', 'malformed-payload'],
    [{ time: 'then', deviceInfo: {} }, 'invalid-time'],
  ])('of %j is a problem: %s', (event, code) => {
    expect(status(event).problems.map((problem) => problem.code)).toEqual([code]);
  });
});

describe('a ChirpStack log event', () => {
  const log = (event: unknown) =>
    decode(
      {
        topic: `application/a/device/${EUI}/event/log`,
        payload: Buffer.from(
          JSON.stringify({ time: '2026-01-15T07:15:00Z', deviceInfo: {}, ...(event as object) }),
        ),
        receivedAtMs,
      },
      contextOf({ [EUI]: 'elsys' }),
    );

  it.each(['UPLINK_MIC', 'UPLINK_F_CNT_RESET', 'UPLINK_F_CNT_RETRANSMISSION', 'OTAA'])(
    'of a device whose %s was refused is a link error',
    (code) => {
      expect(log({ level: 'ERROR', code })).toEqual({
        measurements: [{ device: EUI, quantity: 'linkError', value: 1, atMs }],
        problems: [],
        timeFrom: 'server',
      });
    },
  );

  it('of a codec that failed is a problem to be seen to in the server', () => {
    expect(log({ level: 'ERROR', code: 'UPLINK_CODEC', description: 'TypeError: x is undefined' })).toEqual({
      measurements: [],
      problems: [
        {
          code: 'malformed-payload',
          detail: 'the server\'s codec failed: "TypeError: x is undefined"',
          device: EUI,
        },
      ],
    });
  });

  it.each([{ code: 'DOWNLINK_GATEWAY' }, { code: 1 }, {}])(
    'of the server itself, %j, says nothing',
    (event) => {
      expect(log(event)).toEqual({ measurements: [], problems: [] });
    },
  );
});

describe('how a device was heard', () => {
  const object = { temperature: 22.6 };
  const gateways = [{ rssi: -110, snr: -3 }, { rssi: -70, snr: 9.5 }, { gatewayId: 'x' }];

  it.each([
    [
      'ChirpStack',
      `application/a/device/${EUI}/event/up`,
      { time: '2026-01-15T07:15:00Z', deviceInfo: {}, object, rxInfo: gateways },
    ],
    [
      'The Things Stack',
      'v3/a/devices/b/up',
      {
        end_device_ids: { dev_eui: EUI },
        uplink_message: {
          decoded_payload: object,
          rx_metadata: gateways,
          received_at: '2026-01-15T07:15:00Z',
        },
      },
    ],
  ])('is what the strongest gateway says, by way of %s', (_server, topic, payload) => {
    const input = { topic, payload: Buffer.from(JSON.stringify(payload)), receivedAtMs };
    expect(decode(input, contextOf({})).measurements).toEqual([
      temperature,
      { device: EUI, quantity: 'rssiDbm', value: -70, atMs },
      { device: EUI, quantity: 'snrDb', value: 9.5, atMs },
    ]);
  });

  it('is known even when the bytes are not', () => {
    const payload = {
      time: '2026-01-15T07:15:00Z',
      deviceInfo: {},
      fPort: 1,
      data: 'AQ==',
      rxInfo: gateways,
    };
    const input = {
      topic: `application/a/device/${EUI}/event/up`,
      payload: Buffer.from(JSON.stringify(payload)),
      receivedAtMs,
    };
    const { measurements, problems } = decode(input, contextOf({ [EUI]: 'unheard-of' }));
    expect(measurements.map(({ quantity }) => quantity)).toEqual(['rssiDbm', 'snrDb']);
    expect(problems.map(({ code }) => code)).toEqual(['unknown-model']);
  });
});

describe('which clock an uplink’s time comes from', () => {
  const at = (seconds: number) => new Date(atMs + seconds * 1000).toISOString();
  const read = (topic: string, payload: object) =>
    decode({ topic, payload: Buffer.from(JSON.stringify(payload)), receivedAtMs }, contextOf({}));
  const things = (message: object, rest: object = {}) =>
    read('v3/a/devices/b/up', {
      ...rest,
      uplink_message: { decoded_payload: { temperature: 1 }, ...message },
    });
  const chirp = (fields: object) =>
    read(`application/a/device/${EUI}/event/up`, { deviceInfo: {}, object: { temperature: 1 }, ...fields });
  const gateways = [{ rssi: -70 }, { time: at(-3) }];

  it.each([
    [
      'network server',
      things({ received_at: at(0), rx_metadata: gateways }, { received_at: at(1) }),
      'server',
      0,
    ],
    ['application server', things({ rx_metadata: gateways }, { received_at: at(1) }), 'server', 1],
    ['gateway', things({ rx_metadata: gateways }), 'gateway', -3],
    ['arrival', things({ rx_metadata: [{ time: '1980-01-06T00:00:00Z' }] }), 'arrival', undefined],
    ['device', things({ normalized_payload: { time: at(-60), air: { temperature: 1 } } }), 'device', -60],
    ['network server', chirp({ time: at(0), rxInfo: [{ gwTime: at(-3), nsTime: at(1) }] }), 'server', 0],
    ['network server', chirp({ rxInfo: [{ gwTime: at(-3), nsTime: at(1) }] }), 'server', 1],
    ['gateway', chirp({ rxInfo: [{ gwTime: at(-3) }] }), 'gateway', -3],
  ])('%s: case %#', (_clock, { measurements, timeFrom }, from, seconds) => {
    const measured = measurements.find(({ quantity }) => quantity === 'airTemperatureC');
    expect(timeFrom).toBe(from);
    expect(measured?.atMs).toBe(seconds === undefined ? undefined : atMs + seconds * 1000);
  });
});

describe('a device’s own clock', () => {
  const atOf = (seconds: number) => atMs + seconds * 1000;
  const up = (model: string, port: number, hex: string) => {
    const event = {
      time: '2026-01-15T07:15:00Z',
      deviceInfo: {},
      fPort: port,
      data: Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64'),
    };
    const input = {
      topic: `application/a/device/${EUI}/event/up`,
      payload: Buffer.from(JSON.stringify(event)),
      receivedAtMs,
    };
    return decode(input, contextOf({ [EUI]: model }));
  };
  const word = (seconds: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(seconds);
    return bytes.toString('hex');
  };
  const water = (clockSeconds: number) => up('axioma-w1', 103, `${word(clockSeconds)} 01`);

  it('is the time when it is set', () => {
    const { measurements, timeFrom } = water(atOf(-90) / 1000);
    expect(timeFrom).toBe('device');
    expect(new Set(measurements.map((one) => one.atMs))).toEqual(new Set([atOf(-90)]));
  });

  it.each([
    ['was never set', 100],
    ['is a day behind', atMs / 1000 - 86_401],
    ['is two minutes ahead: nothing is measured after it has arrived', atMs / 1000 + 120],
    ['is a day ahead', atMs / 1000 + 86_401],
  ])('is not when it %s', (_says, seconds) => {
    const { measurements, timeFrom } = water(seconds);
    expect(timeFrom).toBe('server');
    expect(new Set(measurements.map((one) => one.atMs))).toEqual(new Set([atMs]));
  });

  it('places the 24 hours of a water meter in one uplink', () => {
    // Five past seven: the hours end at midnight.
    const hex = `01 ${word(atOf(-600) / 1000)} 00 e8030000 ${'00'.repeat(41)}`;
    const { measurements } = up('axioma-w1', 100, hex);
    const volumes = measurements.filter(({ quantity }) => quantity === 'waterVolumeL');
    expect(volumes).toHaveLength(24);
    expect(volumes[0]).toEqual({
      device: EUI,
      quantity: 'waterVolumeL',
      value: 1000,
      atMs: Date.UTC(2026, 0, 14, 1),
    });
    expect(volumes.at(-1)?.atMs).toBe(Date.UTC(2026, 0, 15));
  });

  it('keeps the times of records beside a report of now', () => {
    const { measurements, problems, timeFrom } = up(
      'em500-udl',
      85,
      `20ce ${word(atOf(-3600) / 1000)} e803 0382 f203`,
    );
    expect(measurements.map((one) => [one.value, one.atMs])).toEqual([
      [1000, atOf(-3600)],
      [1010, atMs],
    ]);
    expect(problems).toEqual([]);
    expect(timeFrom).toBe('server');
  });

  it.each([['of no year'], ['of the day after tomorrow', atMs / 1000 + 172_800]])(
    'a record %s has no place in time, and its neighbours do',
    (_says, seconds = 0) => {
      const { measurements, problems } = up('em500-udl', 85, `20ce ${word(seconds)} e803 0382 f203`);
      expect(measurements.map(({ value }) => value)).toEqual([1010]);
      expect(problems.map(({ code }) => code)).toEqual(['invalid-time']);
    },
  );

  it('that shows the wall’s time is placed by the zone', () => {
    // 2026-01-15 08:00 on the wall is 07:00 UTC; a step of the profile is an hour before.
    const { measurements, timeFrom } = up(
      'kamstrup-flowiq',
      1,
      '78 446d 0008 4f31 4413 64000000 4d9313 03 610105',
    );
    expect(measurements).toEqual([
      { device: EUI, quantity: 'waterVolumeL', value: 100, atMs: Date.UTC(2026, 0, 15, 7) },
      { device: EUI, quantity: 'waterVolumeL', value: 95, atMs: Date.UTC(2026, 0, 15, 6) },
    ]);
    expect(timeFrom).toBe('device');
  });
});

it('a sensor that could not measure says so, and gives no value', () => {
  const data = Buffer.from('0498ffff', 'hex').toString('base64');
  const payload = { time: '2026-01-15T07:15:00Z', deviceInfo: {}, fPort: 85, data };
  const topic = `application/a/device/${EUI}/event/up`;
  const input = { topic, payload: Buffer.from(JSON.stringify(payload)), receivedAtMs };
  expect(decode(input, contextOf({ [EUI]: 'ct101' })).measurements).toEqual([
    { device: EUI, quantity: 'sensorError', value: 1, atMs },
  ]);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const SECRET = 'a secret of a test';
const TIME = '2026-01-15T07:15:00Z';

type Sample = {
  readonly model: string;
  readonly port: number;
  readonly hex: string;
  /** When the network server got it. */
  readonly time?: string;
  /** `quantity channel` → value; of several times, the newest. */
  readonly readings: Readonly<Record<string, number>>;
  readonly at?: string;
};

/** Uplinks of the vendors' own documentation, one for each device. */
const samples: readonly Sample[] = [
  {
    model: 'elsys-ers',
    port: 1,
    hex: '0100E2 0229 040027 0506',
    readings: { airTemperatureC: 22.6, relativeHumidityPct: 41, illuminanceLux: 39, motionCount: 6 },
  },
  {
    model: 'elsys-elt-ultrasonic',
    port: 1,
    hex: '0100E2 0229 03012705 1406010111 0E2311',
    // The sample's pressure is that of no place on earth: it is refused, and its neighbours are stored.
    readings: { airTemperatureC: 22.6, relativeHumidityPct: 41, distanceMm: 8977 },
  },
  {
    model: 'milesight-em400-mud',
    port: 85,
    hex: '01755C 03670101 04824408 050001',
    readings: { batteryPct: 92, airTemperatureC: 25.7, distanceMm: 2116, tilted: 1 },
  },
  {
    model: 'milesight-am103',
    port: 85,
    hex: '01755C 03673401 046865 077DE704',
    readings: { batteryPct: 92, airTemperatureC: 30.8, relativeHumidityPct: 50.5, co2Ppm: 1255 },
  },
  {
    model: 'sensative-strips',
    port: 1,
    hex: 'FFFF01500200EA03000D000E001000',
    readings: { batteryPct: 80, airTemperatureC: 23.4, waterDetected: 0 },
  },
  {
    model: 'adeunis-temp-4',
    port: 1,
    hex: '5796 01B3FF9C 01F4FFFF 14ABA3E9',
    time: '2023-12-28T19:22:20Z',
    at: '2023-12-28T19:22:17.000Z',
    readings: { 'probeTemperatureC 1': 43.5, 'probeTemperatureC 2': -10, batteryLow: 1 },
  },
  {
    model: 'adeunis-pulse-4',
    port: 1,
    hex: '5A67 00000127 0001 0002 0003 0004 14ABA3E9',
    time: '2023-12-28T19:22:20Z',
    at: '2023-12-28T19:22:17.000Z',
    readings: { 'pulseCount A': 295, batteryLow: 1 },
  },
  {
    model: 'elvaco-cmi4160',
    port: 2,
    hex: '1e 04068fa10100 041384b71e00 022bcf0f 023b5d00 025a1003 025e9801 077978563412a5114004 01fd1700',
    readings: {
      heatEnergyWh: 106_895_000,
      heatVolumeL: 2_013_060,
      heatPowerW: 4047,
      flowLph: 93,
      supplyTemperatureC: 78.4,
      returnTemperatureC: 40.8,
      alarm: 0,
    },
  },
];
const euiOf = (i: number) => `70b3d5000000${String(i).padStart(4, '0')}`;

async function openWith(dir: string): Promise<Service> {
  const rows = samples.map(({ model }, i) => `${euiOf(i)},${model},b1,lgh-1101,room`);
  await writeFile(
    join(dir, 'devices.csv'),
    `device,model,building,space,role\n${rows.join('\n')}\n70b3d50000009999,axioma-w1,b1,,waterMain\n`,
  );
  return openService(dir, { KVARTER_HTTP__INGEST__SECRET: SECRET });
}

const chirpstack = ({ port, hex, time = TIME }: Pick<Sample, 'port' | 'hex' | 'time'>, devEui: string) => ({
  deduplicationId: '3ac7e3c4-4401-4b8d-9386-a5c902f9202d',
  time,
  deviceInfo: { applicationId: 'app-1', devEui },
  fPort: port,
  data: Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64'),
  rxInfo: [{ gatewayId: '0016c001f153a14c', rssi: -36, snr: 10.5 }],
});

const things = ({ port, hex, time = TIME }: Sample, eui: string) => ({
  end_device_ids: {
    device_id: `eui-${eui}`,
    application_ids: { application_id: 'app-1' },
    dev_eui: eui.toUpperCase(),
  },
  uplink_message: {
    f_port: port,
    frm_payload: Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64'),
    rx_metadata: [{ rssi: -36, snr: 10.5, time: '1980-01-06T00:00:00Z' }],
    received_at: time,
  },
});

async function post({ app }: Service, path: string, body: object): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${app.httpPort}/api/v1/ingest/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.status;
}

async function expectStored(service: Service): Promise<void> {
  await service.app.settled();
  for (const [i, { model, readings, time = TIME, at = new Date(time).toISOString() }] of samples.entries()) {
    const { readings: found } = await service.get(`/api/v1/readings?device=${euiOf(i)}`);
    const read = Object.fromEntries(
      found.map(({ quantity, channel, value }) => [channel ? `${quantity} ${channel}` : quantity, value]),
    );
    expect(read, model).toEqual({ ...readings, rssiDbm: -36, snrDb: 10.5 });
    // Each once, however often it came.
    expect(found, model).toHaveLength(Object.keys(readings).length + 2);
    const measured = found.filter(({ quantity }) => quantity !== 'rssiDbm' && quantity !== 'snrDb');
    expect(new Set(measured.map((one) => new Date(one.at).toISOString())), model).toEqual(new Set([at]));
  }
}

it('ChirpStack’s uplinks are read alike over MQTT and as webhook, and stored once', async () => {
  await using dir = await openTempDir();
  await using service = await openWith(dir.path);
  for (const [i, sample] of samples.entries()) {
    const event = chirpstack(sample, euiOf(i));
    expect(await post(service, 'chirpstack?event=up', event)).toBe(204);
    await service.publish(`application/app-1/device/${euiOf(i)}/event/up`, JSON.stringify(event));
  }
  await expectStored(service);
  const metrics = await (await fetch(`http://127.0.0.1:${service.app.httpPort}/metrics`)).text();
  expect(metrics).toMatch(/kvarter_packet_clocks_total\{format="chirpstack",clock="device"\} [1-9]/);
  expect(metrics).toMatch(/kvarter_packet_clocks_total\{format="chirpstack",clock="server"\} [1-9]/);
});

it('The Things Stack’s are too', async () => {
  await using dir = await openTempDir();
  await using service = await openWith(dir.path);
  for (const [i, sample] of samples.entries()) {
    const message = things(sample, euiOf(i));
    expect(await post(service, 'tts', message)).toBe(204);
    await service.publish(`v3/app-1@tenant/devices/eui-${euiOf(i)}/up`, JSON.stringify(message));
  }
  await expectStored(service);
});

it('one uplink of a water meter is the 24 hours of a day', async () => {
  await using dir = await openTempDir();
  await using service = await openWith(dir.path);
  const hex =
    '01aeac986a003217000000000000000000008003800054000e4005100048000240020000200000000000000000000000000000';
  // The sample's clock, two years earlier: 2024-09-02T23:09:34Z.
  const clock = Buffer.alloc(4);
  clock.writeUInt32LE(Date.UTC(2024, 8, 2, 23, 9, 34) / 1000);
  const sample = {
    port: 100,
    hex: hex.replace('aeac986a', clock.toString('hex')),
    time: '2024-09-02T23:09:40Z',
  };
  expect(await post(service, 'chirpstack?event=up', chirpstack(sample, '70b3d50000009999'))).toBe(204);
  await service.app.settled();
  const { readings } = await service.get('/api/v1/readings?device=70b3d50000009999&quantity=waterVolumeL');
  expect(readings).toHaveLength(24);
  expect(readings[0]).toMatchObject({ value: 5938 });
  expect(readings.at(-1)).toMatchObject({ value: 6054 });
  expect(readings.map(({ at }) => Date.parse(at))).toEqual(
    readings.map((_, i) => Date.UTC(2024, 8, 1, 1 + i)),
  );
});

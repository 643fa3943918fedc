import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deviceAdopt } from '../../src/commands/device-adopt.ts';
import { deviceUnknown } from '../../src/commands/device-unknown.ts';
import { call } from '../support/command.ts';
import { post } from '../support/http.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const EUI = '0102030405060708';
/** Elsys: 22.6 °C, 41 %. */
const uplink = (hex = '0100e20229') =>
  JSON.stringify({
    deviceInfo: { devEui: EUI, deviceProfileName: 'Elsys ERS' },
    fPort: 5,
    data: Buffer.from(hex, 'hex').toString('base64'),
  });
const topic = `application/a/device/${EUI}/event/up`;
const values = async (service: Service, device: string) =>
  (await service.get(`/api/v1/readings?device=${device}`)).readings.map(({ quantity, value }) => [
    quantity,
    value,
  ]);
const csv = (service: Service) => readFile(join(service.dir, 'devices.csv'), 'utf8');

it('tells of a device that was unpacked before it was registered, and has its readings once it is', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  await service.publish(topic, uplink('0100e2'));
  await service.publish(topic, uplink());
  await service.publish('kvarter/meter-9/up', '{"channel":"2","values":{"activePowerW":700}}');
  await service.app.settled();

  const { printed } = await call(service, deviceUnknown, [], { json: true });
  const [sensor, meter] = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(sensor).toMatchObject({
    device: EUI,
    packets: 2,
    format: 'chirpstack',
    models: expect.arrayContaining(['elsys']),
    values: [
      { quantity: 'airTemperatureC', value: 22.6 },
      { quantity: 'relativeHumidityPct', value: 41 },
    ],
    row: `${EUI},${sensor.models[0]},,,room`,
  });
  expect(Date.parse(sensor.firstSeenAt)).toBeLessThanOrEqual(Date.parse(sensor.lastSeenAt));
  expect(meter).toMatchObject({ device: 'meter-9', format: 'kvarter', row: 'meter-9,kvarter,,,' });

  const before = await csv(service);
  const adopted = await call(service, deviceAdopt, [EUI], {
    model: 'elsys-ers',
    building: 'b1',
    space: 'lgh-1101',
    role: 'room',
  });
  expect(adopted.printed).toMatch(/2 packets out of the quarantine are taken in/);
  expect(await csv(service)).toBe(`${before}${EUI},elsys-ers,b1,lgh-1101,room\n`);
  await service.app.settled();
  expect(await values(service, EUI)).toEqual([
    ['airTemperatureC', 22.6],
    ['airTemperatureC', 22.6],
    ['relativeHumidityPct', 41],
  ]);
  const left = await call(service, deviceUnknown, []);
  expect(left.printed).toMatch(/^meter-9\n/);
  expect(left.printed).not.toContain(EUI);
});

it('refuses what the register check would refuse, in its words, and writes nothing', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  const before = await csv(service);
  for (const [wrong, says] of [
    [{ building: 'b9' }, /devices\.csv:5:3: building: b9 is not in places\.yaml/],
    [{ space: 'attic' }, /devices\.csv:5:4: space: attic is not a space of b1/],
    [{ device: 'el-b1' }, /devices\.csv:5:1: device: el-b1 is there twice/],
    [{ emptyMm: 100 }, /emptyMm and fullMm go together/],
    [{ role: 'main' }, /role: /],
    [{ modle: 'x' }, /modle/],
  ] as const) {
    const { status, answer } = await post(service, '/api/v1/devices', {
      device: 'new',
      model: 'kvarter',
      building: 'b1',
      ...wrong,
    });
    expect([status, answer.detail]).toEqual([400, expect.stringMatching(says)]);
  }
  await appendFile(join(service.dir, 'devices.csv'), 'half,\n');
  expect(
    await post(service, '/api/v1/devices', { device: 'new', model: 'kvarter', building: 'b1' }),
  ).toMatchObject({
    status: 400,
    answer: { detail: expect.stringMatching(/devices\.csv:5:2: model: /) },
  });
  expect(await csv(service)).toBe(`${before}half,\n`);
});

it('registers many at once, each of them, with a warning of a model that nobody knows', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  const names = Array.from({ length: 8 }, (_, i) => `sub-${i}`);
  for (const name of names) await service.publish(`kvarter/${name}/up`, '{"values":{"activePowerW":1}}');
  const answers = await Promise.all(
    names.map((device) => post(service, '/api/v1/devices', { device, model: 'unheard', building: 'b1' })),
  );
  for (const { status, answer } of answers) {
    expect(status).toBe(201);
    expect(answer).toMatchObject({
      packets: 1,
      complete: true,
      warnings: [expect.stringMatching(/no decoder for unheard/)],
    });
  }
  await service.app.settled();
  for (const name of names) expect(await values(service, name)).toEqual([['activePowerW', 1]]);
});

it('tells the channel that a registered device lacks a row for, and takes one in', async () => {
  await using dir = await openTempDir();
  await using service = await openService(dir.path);
  await post(service, '/api/v1/devices', { device: 'ct', model: 'kvarter', building: 'b1', channel: '1' });
  await service.publish(
    'kvarter/ct/up',
    '[{"channel":"1","values":{"activePowerW":1}},{"channel":"2","values":{"activePowerW":2}}]',
  );
  await service.app.settled();
  expect(await service.get('/api/v1/devices/unknown')).toMatchObject({
    devices: [{ device: 'ct', channels: ['2'], row: 'ct,kvarter,,,,2' }],
  });
  const { answer } = await post(service, '/api/v1/devices', {
    device: 'ct',
    model: 'kvarter',
    building: 'b2',
    channel: '2',
  });
  expect(answer).toMatchObject({ packets: 1 });
  await service.app.settled();
  expect(await values(service, 'ct')).toEqual([
    ['activePowerW', 1],
    ['activePowerW', 2],
  ]);
});

it('lists what a Zigbee gateway tells about, also before it has spoken and after a restart', async () => {
  await using dir = await openTempDir();
  const numeric = (property: string, unit: string) => ({
    type: 'numeric',
    name: property,
    property,
    unit,
    access: 1,
  });
  const definition = {
    vendor: 'Example',
    model: 'TH-1',
    description: 'climate sensor',
    exposes: [numeric('temperature', '°C'), numeric('humidity', '%')],
  };
  const list = ['hall', 'attic', 'el-b1'].map((friendly_name, i) => ({
    friendly_name,
    ieee_address: `0x00000000000000${i}0`,
    type: 'EndDevice',
    definition,
  }));
  {
    await using service = await openService(dir.path);
    await service.publish('zigbee2mqtt/bridge/devices', JSON.stringify(list));
    await service.publish('zigbee2mqtt/hall', '{"temperature":21.5,"humidity":40,"linkquality":100}');
    await service.app.settled();
  }
  await using service = await openService(dir.path);
  const { devices } = await service.get<{ devices: { device: string; packets: number }[] }>(
    '/api/v1/devices/unknown',
  );
  expect(devices).toMatchObject([
    {
      device: 'attic',
      title: 'Example TH-1 climate sensor',
      packets: 0,
      models: ['zigbee2mqtt'],
      row: 'attic,zigbee2mqtt,,,',
    },
    {
      device: 'hall',
      packets: 1,
      values: [{ quantity: 'airTemperatureC', value: 21.5 }, { quantity: 'relativeHumidityPct' }],
      row: 'hall,zigbee2mqtt,,,room',
    },
  ]);
  expect((await call(service, deviceUnknown, [])).printed).toMatch(
    /^attic\n {2}is {6}Example TH-1 .*\n {2}seen {4}never/,
  );
  await post(service, '/api/v1/devices', { device: 'attic', model: 'zigbee2mqtt', building: 'b1' });
  await post(service, '/api/v1/devices', {
    device: 'hall',
    model: 'zigbee2mqtt',
    building: 'b1',
    role: 'room',
  });
  await service.app.settled();
  expect(await values(service, 'hall')).toEqual([
    ['airTemperatureC', 21.5],
    ['relativeHumidityPct', 40],
  ]);
  expect(await service.get('/api/v1/devices/unknown')).toEqual({ devices: [] });
});

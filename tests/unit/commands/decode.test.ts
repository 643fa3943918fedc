import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/commands/decode.ts';
import { writeSparkplug } from '../../../src/decode/sparkplug-payload.ts';
import { call } from '../../support/command.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const NOWHERE = { app: { httpPort: 1 } };

/** Runs the command on a payload in a folder where there is no configuration. */
async function run(
  payload: string,
  values: Record<string, string | boolean>,
  files: Record<string, string> = {},
) {
  await using dir = await openTempDir();
  for (const [name, text] of Object.entries({ ...files, payload }))
    await writeFile(join(dir.path, name), text);
  const named = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name === 'mapping' ? join(dir.path, String(value)) : value,
    ]),
  );
  return await call({ ...NOWHERE, dir: dir.path }, decode, [], {
    payload: join(dir.path, 'payload'),
    ...named,
  });
}
const json = async (...given: Parameters<typeof run>) => {
  const { code, printed } = await run(given[0], { json: true, ...given[1] }, given[2]);
  return { code, ...JSON.parse(printed) };
};
const uses = (answer: { parts: { part: string; use: string; says?: string }[] }) =>
  answer.parts.map(({ part, use, says }) => [part, use, says]);

const mapping = `name: acme
topics: ["acme/{device}/data"]
when: { pointer: /type, equals: up }
time: { pointer: /ts, format: epochSeconds }
values:
  - { pointer: /t, quantity: airTemperatureC, scale: 0.1 }
  - { pointer: /e, quantity: activeEnergyWh, unit: kWh }
  - { pointer: /h, quantity: relativeHumidityPct }
`;
const payload = '{"type":"up","ts":1768461300,"t":215,"e":6678.394,"h":"x","fw":"1.2"}';

describe('kvarter decode says of each part what it is for', () => {
  it('of a mapping that is tried out', async () => {
    const answer = await json(
      payload,
      { mapping: 'acme.yaml', topic: 'acme/room-7/data' },
      { 'acme.yaml': mapping },
    );
    expect(answer).toMatchObject({ code: 1, format: 'acme', why: 'claims acme/+/data', timeFrom: 'device' });
    expect(answer.readings).toEqual([
      { device: 'room-7', quantity: 'airTemperatureC', value: 21.5, at: '2026-01-15T07:15:00.000Z' },
      { device: 'room-7', quantity: 'activeEnergyWh', value: 6_678_394, at: '2026-01-15T07:15:00.000Z' },
    ]);
    expect(answer.devices).toEqual([
      { device: 'room-7', isRegistered: false, row: 'room-7,acme,BUILDING,,,,,,,' },
    ]);
    expect(uses(answer)).toEqual([
      ['/type', 'needed', 'by every reading'],
      ['/ts', 'time', undefined],
      ['/t', 'reading', 'airTemperatureC 21.5 (× 0.1)'],
      ['/e', 'reading', 'activeEnergyWh 6678394 (× 1000)'],
      ['/h', 'problem', expect.stringContaining('impossible-value')],
      ['/fw', 'left', undefined],
    ]);
  });

  it('of a mapping without a topic, on its first', async () => {
    const answer = await json(payload, { mapping: 'acme.yaml' }, { 'acme.yaml': mapping });
    expect([answer.topic, answer.readings[0].device]).toEqual(['acme/some-device/data', 'some-device']);
  });

  it('of a built-in format, by topic', async () => {
    const state = '{"temperature":21.5,"battery":null,"linkquality":80}';
    const answer = await json(state, { topic: 'zigbee2mqtt/a/b' });
    expect(answer).toMatchObject({ code: 0, format: 'zigbee2mqtt', timeFrom: 'arrival' });
    expect(uses(answer)).toEqual([
      ['/temperature', 'reading', 'airTemperatureC 21.5'],
      ['/battery', 'left', undefined],
      ['/linkquality', 'left', undefined],
    ]);
  });

  it('of a built-in format, by shape or by name', async () => {
    const lines = 'climate,device=a temperature=21.5 1768461300\nclimate,device=a note="x"\n# a comment';
    for (const [values, why] of [
      [{ topic: 'x' }, 'no format claims the topic, and this one knows the shape'],
      [{ format: 'Line Protocol' }, 'because --format says so'],
    ] as const) {
      const answer = await json(lines, values);
      expect([answer.format, answer.why]).toEqual(['line-protocol', why]);
      expect(uses(answer)[0]).toEqual(['line 1', 'reading', 'airTemperatureC 21.5']);
    }
  });

  it('of an uplink, by the model that the register would name', async () => {
    const uplink =
      '{"time":"2026-01-15T07:15:00Z","deviceInfo":{"devEui":"70b3d50000000a01"},"fPort":5,"data":"AQDiAik="}';
    const topic = 'application/a/device/70b3d50000000a01/event/up';
    const answer = await json(uplink, { topic, model: 'elsys-ers' });
    expect(uses(answer).find(([part]) => part === '/data')).toEqual(['/data', 'needed', 'by every reading']);
    expect(answer.readings).toHaveLength(2);
    expect(answer.devices[0].row).toMatch(/^70b3d50000000a01,MODEL,/);
  });

  it('of raw bytes, by model and port', async () => {
    const answer = await json('0100E2 0229 ff', { hex: true, model: 'Elsys ERS', port: '5' });
    expect(answer).toMatchObject({ code: 1, model: 'elsys', port: 5 });
    expect(uses(answer)).toEqual([
      ['bytes 0–2', 'reading', 'airTemperatureC 22.6'],
      ['bytes 3–4', 'reading', 'relativeHumidityPct 41'],
      ['bytes 5–5', 'problem', expect.stringContaining('0xff')],
    ]);
  });

  it('of a packet that asks for something, what would be published', async () => {
    const alias = writeSparkplug([{ alias: 7, datatype: 10, value: 21.5 }], { seq: 3 });
    const hex = Buffer.from(alias).toString('hex');
    const answer = await json(hex, { hex: true, topic: 'spBv1.0/g/NDATA/n' });
    expect(answer).toMatchObject({ code: 1, problems: [{ code: 'unknown-alias' }] });
    expect(answer.requests).toMatchObject([{ topic: 'spBv1.0/g/NCMD/n' }]);
  });
});

it('shows it for people, too, and lets no payload drive the terminal', async () => {
  const { code, printed } = await run('{"temperature":21.5,"\\u001b[2J":1}', { topic: 'zigbee2mqtt/a' });
  expect(code).toBe(0);
  expect(printed).toMatch(
    /^topic {5}zigbee2mqtt\/a\nformat {4}zigbee2mqtt: .*\(claims zigbee2mqtt\/#\)\ntime {6}the arrival/,
  );
  expect(printed).toMatch(/\/temperature +21\.5 +airTemperatureC 21\.5\n/);
  expect(printed).toContain('a row for devices.csv: a,zigbee2mqtt,BUILDING,,,,,,,');
  expect(printed).not.toContain('\u001b');
});

describe('kvarter decode refuses', () => {
  it.each([
    ['no payload', {}, { payload: '/nowhere' }, 'input-invalid'],
    ['digits that are none', {}, { hex: true, topic: 'x' }, 'input-invalid'],
    ['a format that is not there', {}, { format: 'nope' }, 'usage'],
    ['a model that is not there', {}, { model: 'nope' }, 'usage'],
    ['a port that is none', {}, { model: 'elsys', port: '300' }, 'usage'],
    ['a mapping that is wrong', { 'a.yaml': 'name: 7' }, { mapping: 'a.yaml' }, 'config-invalid'],
    ['a configuration that is not there', {}, { config: 'nowhere.yaml', topic: 'x' }, 'config-invalid'],
  ])('%s', async (_says, files, values, code) => {
    await expect(run('{x', values, files)).rejects.toMatchObject({ code });
  });
});

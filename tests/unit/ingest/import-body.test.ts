import { describe, expect, it } from 'vitest';
import { type ImportBody, importFormats } from '../../../src/ingest/import-body.ts';

const NOW_MS = Date.UTC(2026, 0, 16);
const DAY_MS = 86_400_000;
const clock = () => NOW_MS;
const csv = (text: string) => importFormats['text/csv'](Buffer.from(text), clock);
const ndjson = (text: string) => importFormats['application/x-ndjson'](Buffer.from(text), clock);
const HEADER = 'time,device,quantity,value,channel\n';

describe('CSV to import', () => {
  it('becomes a packet per device; what has one time and channel is one element', async () => {
    const body = await csv(
      `${HEADER}2026-01-15T07:00:00Z,a,activePowerW,1,\n2026-01-15T07:00:00Z,b,activePowerW,2,x\n` +
        '2026-01-15T08:00:00+01:00,a,voltageV,230,\n2026-01-15T07:00:00Z,a,voltageV,231,\n',
    );
    expect(body).toMatchObject({ ok: true, readings: 4 });
    expect(texts(body)).toEqual([
      [
        'kvarter/a/up',
        [
          { time: '2026-01-15T07:00:00.000Z', values: { activePowerW: 1, voltageV: 230 } },
          { time: '2026-01-15T07:00:00.000Z', values: { voltageV: 231 } },
        ],
      ],
      ['kvarter/b/up', [{ time: '2026-01-15T07:00:00.000Z', channel: 'x', values: { activePowerW: 2 } }]],
    ]);
  });

  it('is cut into packets of 200 elements, across slices, with no reading lost', async () => {
    const rows = Array.from(
      { length: 20_001 },
      (_, i) => `${new Date(NOW_MS - i * 1000).toISOString()},a,activePowerW,${i},\n`,
    );
    const body = await csv(HEADER + rows.join(''));
    expect(body).toMatchObject({ ok: true, readings: 20_001 });
    const elements = texts(body).map(([, list]) => list as { values: { activePowerW: number } }[]);
    expect(elements).toHaveLength(101);
    expect(elements.flat().map(({ values }) => values.activePowerW)).toEqual(rows.map((_, i) => i));
  });

  it('keeps the order of a file by time from minute to minute, so that no device is behind the others', async () => {
    const minutes = Array.from({ length: 300 }, (_, i) => NOW_MS - DAY_MS + i * 60_000);
    const rows = minutes.flatMap((atMs) =>
      ['a', 'b', 'c'].flatMap((device) => [
        `${new Date(atMs).toISOString()},${device},activePowerW,1,\n`,
        `${new Date(atMs + 10_000).toISOString()},${device},activePowerW,2,\n`,
      ]),
    );
    const body = await csv(HEADER + rows.join(''));
    const packets = texts(body).map(([, list]) => (list as { time: string }[]).map(({ time }) => time));
    expect(packets).toHaveLength(900);
    const starts = packets.map(([time = '']) => time.slice(0, 16));
    expect(starts).toEqual(starts.toSorted());
  });

  it('gathers the rows of a file by device, whatever their times', async () => {
    const times = Array.from({ length: 100 }, (_, i) => new Date(NOW_MS - DAY_MS + i * 60_000).toISOString());
    const rows = ['a', 'b'].flatMap((device) => times.map((time) => `${time},${device},activePowerW,1,\n`));
    const lists = texts(await csv(HEADER + rows.join(''))).map(([topic, list]) => [
      topic,
      (list as object[]).length,
    ]);
    expect(lists).toEqual([
      ['kvarter/a/up', 100],
      ['kvarter/b/up', 100],
    ]);
  });

  it('takes the names of the header in capitals', async () => {
    expect(
      texts(await csv('Time,Device,Quantity,Value\n2026-01-15T07:00:00Z,a,activePowerW,1\n')),
    ).toHaveLength(1);
  });

  it.each([
    [
      'a number that is not decimal',
      `${HEADER}2026-01-15T07:00:00Z,a,activePowerW,0x10,\n`,
      2,
      'value "0x10" is not',
    ],
    ['a day that is none', `${HEADER}2026-02-30T07:00:00Z,a,activePowerW,1,\n`, 2, 'is not ISO 8601'],
    ['a column that is there twice', 'time,device,quantity,value,value\n', 1, 'the header has value twice'],
    ['a time of the next century', `${HEADER}9999-01-01T00:00:00Z,a,activePowerW,1,\n`, 2, 'is impossible'],
    ['an unknown quantity', `${HEADER}2026-01-15T07:00:00Z,a,watts,1,\n`, 2, 'quantity "watts" is unknown'],
    ['a time without offset', `${HEADER}\n2026-01-15T07:00:00,a,activePowerW,1,\n`, 3, 'is not ISO 8601'],
    [
      'a device of two levels',
      `${HEADER}2026-01-15T07:00:00Z,a/b,activePowerW,1,\n`,
      2,
      'cannot be in a topic',
    ],
    ['a decimal comma', `${HEADER}2026-01-15T07:00:00Z,a,activePowerW,1,5,\n`, 2, 'decimal comma'],
    ['another header', 'when,what\n', 1, 'it must be time,device,quantity,value and, if needed, channel'],
    ['nothing', '', 1, 'is empty'],
    [
      'quotes that do not end',
      `${HEADER}2026-01-15T07:00:00Z,"a,activePowerW,1,\n`,
      2,
      'quantity "" is unknown',
    ],
  ])('refuses %s, and says the line', async (_says, text, line, message) => {
    const body = await csv(text);
    expect(body).toEqual({
      ok: false,
      more: 0,
      problems: [{ line, message: expect.stringContaining(message) }],
    });
  });

  it('counts lines across slices, and what it does not tell', async () => {
    const good = '2026-01-15T07:00:00Z,a,activePowerW,1,\n'.repeat(20_000);
    const body = await csv(`${HEADER}${good}${'x\n'.repeat(120)}`);
    expect(body).toMatchObject({ ok: false, more: 20 });
    expect(body.ok ? [] : body.problems.map(({ line }) => line).slice(0, 2)).toEqual([20_002, 20_003]);
  });

  it('refuses what is not UTF-8', async () => {
    const body = await importFormats['text/csv'](Buffer.from([0x61, 0xff]), clock);
    expect(body).toMatchObject({
      ok: false,
      problems: [{ line: 1, message: 'is not UTF-8: save it as UTF-8' }],
    });
  });
});

describe('NDJSON to import', () => {
  it('gives packets as they are, as text or bytes, with the time of their arrival', async () => {
    const body = await ndjson(
      '\uFEFF{"topic":"a/b","payload":"å","receivedAt":"2026-01-15T07:00:00Z"}\r\n\n{"topic":"c","payloadBase64":"AP8="}',
    );
    expect(body).toEqual({
      ok: true,
      packets: [
        { kind: 'packet', topic: 'a/b', payload: Buffer.from('å'), receivedAtMs: Date.UTC(2026, 0, 15, 7) },
        { kind: 'packet', topic: 'c', payload: Buffer.from([0, 255]), receivedAtMs: NOW_MS },
      ],
    });
  });

  it.each([
    ['no JSON', '{"topic"', 'is not JSON'],
    ['no payload', '{"topic":"a"}', 'either payload or payloadBase64'],
    [
      'a payload that is no text',
      '{"topic":"a","payload":{}}',
      'payload: must be a text, not a map of keys and values',
    ],
    ['two payloads', '{"topic":"a","payload":"","payloadBase64":""}', 'either payload or payloadBase64'],
    ['an unknown field', '{"topic":"a","payload":"","qos":1}', 'qos'],
    ['bytes that are not Base64', '{"topic":"a","payloadBase64":"%"}', 'payloadBase64'],
    ['a wildcard', '{"topic":"a/#","payload":""}', 'wildcard'],
    ['an empty topic', '{"topic":"","payload":""}', 'topic is empty'],
    ['kvarter’s own topic', '{"topic":"kvarter/alerts/b1/x","payload":""}', 'for kvarter itself'],
    ['a time that is none', '{"topic":"a","payload":"","receivedAt":"today"}', 'receivedAt "today"'],
    ['the future', '{"topic":"a","payload":"","receivedAt":"2030-01-01T00:00:00Z"}', 'in the future'],
  ])('refuses %s, and says the line', async (_says, line, message) => {
    const body = await ndjson(`{"topic":"fine","payload":""}\n${line}\n`);
    expect(body).toEqual({
      ok: false,
      more: 0,
      problems: [{ line: 2, message: expect.stringContaining(message) }],
    });
  });
});

function texts(body: ImportBody): readonly (readonly [string, unknown])[] {
  if (!body.ok) throw new Error(JSON.stringify(body.problems));
  return body.packets.map(({ topic, payload }) => [topic, JSON.parse(Buffer.from(payload).toString())]);
}

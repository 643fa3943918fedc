import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { readLines } from '../../../src/decode/line-protocol-lines.ts';
import { contextOf } from './context.ts';

const read = (text: string, topic = 'telegraf/x') =>
  decode({ topic, payload: Buffer.from(text), receivedAtMs: 0 }, contextOf({}));

describe('a line of the line protocol', () => {
  it.each([
    [
      'weather,location=us-midwest temperature=82 1465839830100400200',
      'weather',
      { location: 'us-midwest' },
      [['temperature', 82]],
    ],
    [
      'my\\ measure\\,ment,tag\\ key\\=a=va\\,l\\ ue f\\ k\\,\\==1',
      'my measure,ment',
      { 'tag key=a': 'va,l ue' },
      [['f k,=', 1]],
    ],
    [
      'm f="a \\"quoted\\" \\\\ text, with = and\nnewline",g=1i',
      'm',
      {},
      [
        ['f', 'a "quoted" \\ text, with = and\nnewline'],
        ['g', 1],
      ],
    ],
    [
      'm a=-1.5e-3,b=12u,c=t,d=FALSE,e=.5,f=+2.',
      'm',
      {},
      [
        ['a', -0.0015],
        ['b', 12],
        ['c', true],
        ['d', false],
        ['e', 0.5],
        ['f', 2],
      ],
    ],
    ['m\\a=1 a\\b=2', 'm\\a=1', {}, [['a\\b', 2]]],
  ])('%s', (text, measurement, tags, fields) => {
    const [line, ...others] = readLines(text, 10);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ measurement, fields });
    expect(line && 'tags' in line && Object.fromEntries(line.tags)).toEqual(tags);
  });

  it.each([
    'm',
    'm ',
    'm f',
    'm f=',
    'm f=x',
    'm f=1x',
    'm f=1ii',
    'm f="open',
    'm f=1 12.5',
    'm f=1 12 13',
    'm,t f=1',
    'm,=v f=1',
    ',t=v f=1',
    'm f=NaN',
    'm f=1,',
    '{"a":1}',
  ])('%s is wrong, and its neighbours are not', (text) => {
    const lines = readLines(`a f=1\r\n${text}\nb f=2`, 10);
    expect(lines.map((line) => 'problem' in line)).toEqual([false, true, false]);
  });
});

describe('the time of a line', () => {
  it.each([
    ['1768461300', 1_768_461_300_000],
    ['1768461300123', 1_768_461_300_123],
    ['1768461300123456', 1_768_461_300_123],
    ['1768461300123456789', 1_768_461_300_123],
    ['1', undefined],
  ])('%s', (timestamp, atMs) => {
    expect(read(`co2,device=d value=1 ${timestamp}`).measurements.map((one) => one.atMs)).toEqual([atMs]);
  });
});

it('says which fields mean nothing, when none does', () => {
  const facts = 'mqtt_consumer,host=pop-os,topic=telegraf/host01/cpu value=45i 1653579140440951943';
  expect(read(facts, 'telegraf/host01/cpu')).toMatchObject({
    measurements: [],
    problems: [{ code: 'unknown-quantity', detail: expect.stringContaining('"mqtt_consumer"') }],
  });
});

it('says in which line something is wrong, and goes on with the others', () => {
  const { measurements, problems, timeFrom } = read(
    [
      'co2,device=a value=1',
      'co2,device=b',
      'climate co2=2',
      `co2,device=c value=3 1${'0'.repeat(19)}`,
      'co2,device=d value=4',
    ].join('\n'),
  );
  expect(measurements.map(({ device }) => device)).toEqual(['a', 'd']);
  expect(problems.map(({ code, detail }) => `${code}: ${detail.slice(0, 22)}`)).toEqual([
    expect.stringMatching(/^malformed-payload: line 2 /),
    'unknown-device: line 3 names no device',
    expect.stringMatching(/^malformed-payload: line 4 /),
  ]);
  expect(timeFrom).toBe('arrival');
  expect(read('co2,device=a value=1 1768461300').timeFrom).toBe('device');
  // Fields that mean nothing are said where nothing else is.
  expect(read('co2,device=a value=1\nx,device=a value=1').problems).toEqual([]);
});

it('is read up to ten thousand lines', () => {
  const many = (count: number) =>
    read(Array.from({ length: count }, () => 'co2,device=a value=1').join('\n'));
  expect(many(10_000)).toMatchObject({ problems: [], measurements: { length: 10_000 } });
  expect(many(10_002)).toMatchObject({
    problems: [{ detail: 'more than 10000 lines in one payload: the rest is left out' }],
    measurements: { length: 10_000 },
  });
});

it('needs a device', () => {
  expect(read('climate co2=640').problems).toMatchObject([
    { code: 'unknown-device', detail: expect.stringContaining('"device"') },
  ]);
});

it.each(['hello world', 'a=b', '21.5', '<xml a="b"/>', ''])(
  '%j on a free topic is not taken for line protocol',
  (text) => {
    expect(read(text, 'free').problems.map(({ code }) => code)).toEqual(['unknown-topic']);
  },
);

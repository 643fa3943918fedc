import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/decode/index.ts';
import { p1 } from '../../../src/decode/p1.ts';
import { crc16 } from '../../../src/decode/p1-telegram.ts';
import { contextOf } from './context.ts';

const TOPIC = 'house-9/han';
const [swedish] = p1.examples;
const whole = String(swedish?.payload);

function read(payload: string, models: Readonly<Record<string, string>> = {}) {
  return decode(
    { topic: TOPIC, payload: Buffer.from(payload, 'latin1'), receivedAtMs: 0 },
    contextOf(models),
  );
}

function telegram(...lines: readonly string[]): string {
  return `${['/ADN9 6534', '', ...lines, '!'].join('\r\n')}\r\n`;
}

function values(...lines: readonly string[]) {
  const { measurements } = read(telegram(...lines));
  return measurements.map(({ quantity, channel = '', value }) => [quantity + channel, value]);
}

describe('the checksum', () => {
  it('is CRC-16/ARC', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0xbb3d);
    expect(crc16(Buffer.from(''))).toBe(0);
  });

  it.each([
    ['a digit was changed', whole.replace('6678.394', '6678.395'), /checksum is 7945, but the bytes give/],
    ['a line was lost', whole.replace(/1-0:2.8.0.*\r\n/, ''), /something was lost or changed/],
    ['the end was lost', whole.slice(0, 300), /cut short/],
    ['the checksum was cut', whole.slice(0, -4), /not a checksum and the end/],
    ['another telegram follows', whole + whole, /not a checksum and the end/],
  ])('tells that %s, and then nothing is read', (_says, payload, detail) => {
    const { measurements, problems } = read(payload);
    expect(measurements).toEqual([]);
    expect(problems).toEqual([{ code: 'malformed-payload', detail: expect.stringMatching(detail) }]);
  });

  it('tells of any one byte that was changed', () => {
    const bytes = Buffer.from(whole, 'latin1');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: bytes.length - 8 }),
        fc.integer({ min: 1, max: 255 }),
        (at, mask) => {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ mask;
          expect(read(changed.toString('latin1')).measurements).toEqual([]);
        },
      ),
    );
  });

  it.each([
    ['without carriage returns', whole.replaceAll('\r', '')],
    ['with small letters', whole.replace('!7945', '!7945'.toLowerCase())],
    ['with empty lines before it', `\r\n\r\n${whole}`],
    ['without its last line end', whole.trimEnd()],
  ])('holds %s', (_says, payload) => {
    const { measurements, problems } = read(payload);
    expect(problems).toEqual([]);
    expect(measurements).toHaveLength(15);
  });

  it('may be missing, as before DSMR 4', () => {
    expect(values('1-0:1.7.0(0000.33*kW)')).toEqual([['activePowerW', 330]]);
  });
});

describe('the clock', () => {
  const at = (...lines: readonly string[]) =>
    read(telegram(...lines, '1-0:1.7.0(01.000*kW)')).measurements[0]?.atMs;

  it.each([
    ['a Swedish one in winter', ['0-0:1.0.0(260115081500W)'], Date.UTC(2026, 0, 15, 7, 15)],
    ['a Swedish one in summer', ['0-0:1.0.0(260715081500W)'], Date.UTC(2026, 6, 15, 7, 15)],
    ['a Swedish one that says S all the same', ['0-0:1.0.0(260715081500S)'], Date.UTC(2026, 6, 15, 7, 15)],
    ['a Swedish one without letter', ['0-0:1.0.0(260715081500)'], Date.UTC(2026, 6, 15, 7, 15)],
    ['a Dutch one in winter', ['1-3:0.2.8(50)', '0-0:1.0.0(260115081500W)'], Date.UTC(2026, 0, 15, 7, 15)],
    ['a Dutch one in summer', ['1-3:0.2.8(50)', '0-0:1.0.0(260715081500S)'], Date.UTC(2026, 6, 15, 6, 15)],
    [
      'a Belgian one in summer',
      ['0-0:96.1.4(50217)', '0-0:1.0.0(260715081500S)'],
      Date.UTC(2026, 6, 15, 6, 15),
    ],
    ['one that was never set', ['0-0:1.0.0(700101010000W)'], undefined],
    ['one that was never set since 2000', ['0-0:1.0.0(000101010000W)'], undefined],
    ['none', [], undefined],
  ])('%s', (_says, lines, expected) => {
    expect(at(...lines)).toBe(expected);
  });

  it('tells both hours of the change to winter apart where the letter counts', () => {
    const summer = at('1-3:0.2.8(50)', '0-0:1.0.0(261025023000S)') ?? 0;
    const winter = at('1-3:0.2.8(50)', '0-0:1.0.0(261025023000W)') ?? 0;
    expect(winter - summer).toBe(3_600_000);
  });

  it.each([
    ['0-0:1.0.0(260230081500W)'],
    ['0-0:1.0.0(261315081500W)'],
    ['0-0:1.0.0(260115241500W)'],
    ['0-0:1.0.0(soon)'],
    ['0-0:1.0.0()'],
  ])('%s is none, and then nothing is read', (line) => {
    const { measurements, problems } = read(telegram(line, '1-0:1.7.0(01.000*kW)'));
    expect(measurements).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['invalid-time']);
  });
});

describe('values', () => {
  it.each<[string, readonly string[], readonly (readonly [string, number])[]]>([
    ['export alone is no power', ['1-0:2.7.0(01.000*kW)'], []],
    ['import less export', ['1-0:1.7.0(00.250*kW)', '1-0:2.7.0(01.000*kW)'], [['activePowerW', -750]]],
    [
      'a phase’s import less its export',
      ['1-0:41.7.0(00.000*kW)', '1-0:42.7.0(00.100*kW)'],
      [['phasePowerWL2', -100]],
    ],
    ['one tariff is not the whole', ['1-0:1.8.1(000316.698*kWh)'], []],
    [
      'the whole, not the tariffs beside it',
      ['1-0:1.8.0(000001.000*kWh)', '1-0:1.8.1(000009.000*kWh)', '1-0:1.8.2(000009.000*kWh)'],
      [['activeEnergyWh', 1000]],
    ],
    ['units as Aidon spells them', ['1-0:3.8.0(00003137.803*kVArh)'], [['reactiveEnergyVarh', 3_137_803]]],
    ['an empty line', ['1-0:1.7.0()'], []],
    ['a demand that is not there', ['1-0:1.6.0()'], []],
  ])('%s', (_says, lines, expected) => {
    expect(values(...lines)).toEqual(expected);
    expect(read(telegram(...lines)).problems).toEqual([]);
  });

  it.each([
    ['a unit of something else', '1-0:1.7.0(01.000*V)'],
    ['no unit', '1-0:1.7.0(01.000)'],
    ['no number', '1-0:1.7.0(0x1F*kW)'],
    ['two numbers', '1-0:1.7.0(1.2.3*kW)'],
  ])('%s is a problem, and the neighbours are read', (_says, line) => {
    const { measurements, problems } = read(telegram(line, '1-0:32.7.0(230.0*V)'));
    expect(measurements.map(({ quantity }) => quantity)).toEqual(['voltageV']);
    expect(problems.map(({ code }) => code)).toEqual(['impossible-value']);
  });
});

it('a payload of nothing but line ends and brackets is read in one pass', () => {
  expect(read(`/ABC${'(\n'.repeat(200_000)}!`)).toEqual({ measurements: [], problems: [] });
});

describe('names', () => {
  const numbered = telegram('0-0:96.1.1(4B303031)', '1-0:1.7.0(01.000*kW)');
  const nameless = telegram('1-0:1.7.0(01.000*kW)');

  it.each([
    ['its number', numbered, {}, 'K001'],
    ['its number as it is written', numbered, { '4b303031': 'p1' }, '4b303031'],
    ['the topic, when it has no number', nameless, {}, TOPIC],
    ['what its header says, when that is registered', nameless, { 'ADN9 6534': 'p1' }, 'ADN9 6534'],
    ['the topic, when both are', nameless, { 'ADN9 6534': 'p1', [TOPIC]: 'p1' }, TOPIC],
  ])('a meter goes by %s', (_says, payload, models, device) => {
    expect(read(payload, models).measurements.map((one) => one.device)).toEqual([device]);
  });

  it('a meter behind the meter without a number is a channel of it', () => {
    const lines = ['0-1:24.1.0(007)', '0-1:24.2.1(260115081500W)(00012.345*m3)'];
    expect(values(...lines)).toEqual([['waterVolumeLmbus-1', 12_345]]);
  });
});

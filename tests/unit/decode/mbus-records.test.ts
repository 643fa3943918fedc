import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMbusRecord, encodeMbusTime, type MbusData } from '../../../src/decode/mbus-encode.ts';
import { readMbusHeader, statusValues } from '../../../src/decode/mbus-header.ts';
import { type MbusMedium, mbusValues, mediumOf } from '../../../src/decode/mbus-quantities.ts';
import { decodeMbusRecords } from '../../../src/decode/mbus-records.ts';

function read(hex: string) {
  return decodeMbusRecords(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

const plain = {
  function: 'instantaneous',
  storage: 0,
  tariff: 0,
  subunit: 0,
  isDerived: false,
  recordError: 0,
};

describe('a record', () => {
  it.each([
    ['04 06 ce860000', { what: 'energy', unit: 'Wh', value: 34_510_000 }],
    ['0c 06 78563412', { what: 'energy', unit: 'Wh', value: 12_345_678_000 }],
    ['04 0e 01000000', { what: 'energy', unit: 'J', value: 1e6 }],
    ['04 fb01 02000000', { what: 'energy', unit: 'MWh', value: 2 }],
    ['04 fb08 0a000000', { what: 'energy', unit: 'GJ', value: 1 }],
    ['0c 14 49322200', { what: 'volume', unit: 'm³', value: 2232.49 }],
    ['02 59 1027', { what: 'flowTemperature', unit: '°C', value: 100 }],
    ['02 5d 9cff', { what: 'returnTemperature', unit: '°C', value: -1 }],
    ['05 5b cdccad41', { what: 'flowTemperature', unit: '°C', value: 21.725 }],
    ['02 2b ff7f', { what: 'power', unit: 'W', value: 32_767 }],
    ['0b 3b 270500', { what: 'flow', unit: 'm³/h', value: 0.527 }],
    ['0a fd48 0323', { what: 'voltage', unit: 'V', value: 230.3 }],
    ['02 fdd9fc01 9210', { what: 'current', unit: 'A', value: 4.242, phase: 1 }],
    ['04 863c 01000000', { what: 'energy', unit: 'Wh', value: 1000, direction: 'backward' }],
    ['04 867d 01000000', { what: 'energy', unit: 'Wh', value: 1e6 }],
    ['04 8673 02000000', { what: 'energy', unit: 'Wh', value: 2 }],
    ['09 74 99', { what: 'other', unit: '', value: 99 }],
    ['84 10 06 01000000', { what: 'energy', unit: 'Wh', value: 1000, tariff: 1 }],
    ['84 40 14 01000000', { what: 'volume', unit: 'm³', value: 0.01, subunit: 1 }],
    ['44 06 01000000', { what: 'energy', unit: 'Wh', value: 1000, storage: 1 }],
    ['c4 81 07 06 01000000', { what: 'energy', unit: 'Wh', value: 1000, storage: 227 }],
    ['12 2b 0100', { what: 'power', unit: 'W', value: 1, function: 'maximum' }],
    ['0b 7c 03 482552 631524', { what: 'plainText', unit: 'R%H', value: 241_563 }],
    ['0a fc 03 485225 74 2204', { what: 'plainText', unit: '%RH', value: 4.22 }],
    [
      '0d fd11 05 3231544143',
      { what: 'other', unit: '', text: 'CAT12', bytes: Buffer.from('21TAC'), exponent: 0 },
    ],
    ['0d 06 c2 3412', { what: 'energy', unit: 'Wh', value: 1_234_000 }],
    ['0d 06 d2 3412', { what: 'energy', unit: 'Wh', value: -1_234_000 }],
    ['0d 06 e3 010000', { what: 'energy', unit: 'Wh', value: 1000 }],
    ['00 06', { what: 'energy', unit: 'Wh' }],
    ['01 fd17 10', { what: 'errorFlags', unit: '', value: 16 }],
    ['04 ff07 44440200', { what: 'manufacturer', unit: '', manufacturerCode: 7, value: 148_548 }],
  ])('%s', (hex, expected) => {
    expect(read(hex)).toEqual({ records: [{ ...plain, ...expected }], moreFollow: false });
  });

  it.each([
    ['of letters where digits belong', '0c 06 78a63412'],
    ['marked invalid, 16 bits', '02 59 0080'],
    ['marked invalid, 32 bits', '04 06 00000080'],
    ['not a number', '05 5b 0000c07f'],
  ])('%s has no value', (_says, hex) => {
    const { records, problem } = read(hex);
    expect(problem).toBeUndefined();
    expect(records).toHaveLength(1);
    expect(records[0]).not.toHaveProperty('value');
  });

  it.each([
    ['0a 5a 01f0', -0.1],
    ['0c 06 000000f0', 0],
  ])('%s: a leading Fh is a minus', (hex, value) => {
    expect(read(hex).records[0]?.value).toBe(value);
  });

  it.each([
    ['07 06 0000000000002000', 9_007_199_254_740_992_000],
    ['07 03 ffffffffffffffff', -1],
    ['07 03 feffffffffffffff', -2],
    ['06 03 ffffffffffff', -1],
    ['03 03 ffff7f', 8_388_607],
  ])('%s is exact as far as a double can be', (hex, value) => {
    expect(read(hex).records[0]?.value).toBe(value);
  });

  it.each([
    ['a limit of the value', '02 a940 0100'],
    ['a rate', '04 8622 01000000'],
    ['a record with an error', '04 8618 01000000'],
    ['a date of the value', '04 ed39 00000000'],
  ])('%s is not the value', (_says, hex) => {
    const [record] = read(hex).records;
    expect(record?.isDerived || record?.recordError !== 0).toBe(true);
    expect(mbusValues(read(hex).records, 'electricity')).toEqual([]);
  });
});

describe('a time', () => {
  it.each([
    ['date, type G', '42 6c df2c', Date.UTC(2022, 11, 31), { hasClock: false, isSummerTime: false }],
    ['date and time, type F', '04 6d 0f27 cf21', Date.UTC(2022, 0, 15, 7, 15), undefined],
    ['summer time', '04 6d 0f87 cf27', Date.UTC(2022, 6, 15, 7, 15), { hasClock: true, isSummerTime: true }],
    ['seconds, type I', '06 6d 2a0f07 cf27 00', Date.UTC(2022, 6, 15, 7, 15, 42), undefined],
    ['the last century', '02 6c 7fcc', Date.UTC(1999, 11, 31), undefined],
  ])('%s', (_says, hex, wallMs, flags) => {
    const [record] = read(hex).records;
    expect(record?.time?.wallMs).toBe(wallMs);
    if (flags) expect(record?.time).toEqual({ wallMs, ...flags });
  });

  it.each([
    ['marked invalid', '04 6d 8f47 cf21'],
    ['of every year', '02 6c ffff'],
    ['the 30th of February', '02 6c de22'],
    ['the 25th hour', '04 6d 0019 cf21'],
    ['zero', '02 6c 0000'],
  ])('%s is none', (_says, hex) => {
    const { records, problem } = read(hex);
    expect(problem).toBeUndefined();
    expect(records[0]?.time).toBeUndefined();
    expect(records[0]?.value).toBeUndefined();
  });

  it('comes back as it was written', () => {
    const minutes = fc.integer({ min: Date.UTC(2000, 0, 1) / 60_000, max: Date.UTC(2080, 11, 31) / 60_000 });
    fc.assert(
      fc.property(minutes, fc.nat(100), (minute, storage) => {
        const wallMs = minute * 60_000;
        const bytes = Uint8Array.from(encodeMbusTime('dateTime', wallMs, { storage }));
        const [record] = decodeMbusRecords(bytes).records;
        expect(record).toMatchObject({ storage, time: { wallMs, hasClock: true } });
      }),
    );
  });
});

describe('the end of the bytes', () => {
  it.each([
    ['idle fillers', '2f2f 01fd1700 2f2f2f', 1, undefined],
    ['the maker’s own data', '01fd1700 0f aabbcc', 1, 'aabbcc'],
    ['the maker’s own data, more to come', '1f aa', 0, 'aa'],
  ])('%s', (_says, hex, count, data) => {
    const { records, manufacturerData, moreFollow, problem } = read(hex);
    expect(records).toHaveLength(count);
    expect(manufacturerData && Buffer.from(manufacturerData).toString('hex')).toBe(data);
    expect(moreFollow).toBe(hex.startsWith('1f'));
    expect(problem).toBeUndefined();
  });

  it.each([
    ['a value', '04 06 0000'],
    ['a VIF', '04'],
    ['a DIFE', '84'],
    ['a VIFE', '04 86'],
    ['an extension’s code', '04 fd'],
    ['a plain text', '04 fc 05 4141'],
    ['a plain text’s length', '04 7c'],
    ['an LVAR', '0d 06'],
    ['a text', '0d 06 05 41'],
  ])('%s that is cut short is a problem, and what came before is kept', (_says, hex) => {
    const { records, problem } = read(`01 fd17 00 ${hex}`);
    expect(records).toHaveLength(1);
    expect(problem).toBe('the record at byte 4 is cut short');
  });

  it.each([
    ['a reserved function', '3f', /reserved function \(0x3f\)/],
    ['a reserved length', '0d 06 ff', /reserved length \(LVAR 0xff\)/],
    ['endless DIFE', `84${'80'.repeat(20)}`, /more than ten DIFE/],
    ['endless VIFE', `0486${'f0'.repeat(20)}`, /more than ten VIFE/],
    ['endless records', '0006'.repeat(1001), /beyond the 1000/],
  ])('%s is a problem', (_says, hex, problem) => {
    expect(read(hex).problem).toMatch(problem);
  });

  it('whatever the bytes, nothing throws, and no record is made of nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { records } = decodeMbusRecords(bytes);
        expect(records.length).toBeLessThanOrEqual(bytes.length / 2);
        for (const medium of ['electricity', 'heat', 'room'] as const) {
          for (const { value } of mbusValues(records, medium)) expect(value).not.toBeNaN();
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('what is written is read again', () => {
  const kinds: MbusData[] = ['int16', 'int24', 'int32', 'int48', 'bcd4', 'bcd6', 'bcd8', 'bcd12'];

  it('in every field, at the code’s step, with any storage, tariff and subunit', () => {
    const about = fc.record({
      data: fc.constantFrom(...kinds),
      steps: fc.integer({ min: -999, max: 9999 }),
      vif: fc.constantFrom([0x06], [0x14], [0x59], [0xfd, 0x48], [0xfb, 0x1a]),
      storage: fc.nat(1e9),
      tariff: fc.nat(1000),
      subunit: fc.nat(500),
    });
    fc.assert(
      fc.property(about, ({ steps, ...record }) => {
        const [unit] = decodeMbusRecords(Uint8Array.from([0x01, ...record.vif, 1])).records;
        const step = unit?.value ?? Number.NaN;
        const value = step < 1 ? steps / Math.round(1 / step) : steps * step;
        const bytes = Uint8Array.from(encodeMbusRecord({ ...record, value }));
        const { records, problem } = decodeMbusRecords(bytes);
        expect(problem).toBeUndefined();
        const { storage, tariff, subunit } = record;
        expect(records).toEqual([expect.objectContaining({ value: value + 0, storage, tariff, subunit })]);
      }),
    );
  });

  it.each<[MbusData, number, number]>([
    ['int8', 1e9, 127_000],
    ['int8', -1e9, -127_000],
    ['bcd2', 1e9, 99_000],
    ['bcd4', -1e9, -999_000],
    ['float32', 21.7, 21.7],
    ['bcd2', -0.4, 0],
  ])('%s of %d saturates at what it can hold: %d', (data, value, expected) => {
    const bytes = encodeMbusRecord({ data, vif: [0x06], value });
    expect(decodeMbusRecords(Uint8Array.from(bytes)).records[0]?.value).toBe(expected);
  });
});

describe('a meter’s values', () => {
  const heat = '04 06 ce860000 0c 14 49322200 02 59 3c19 02 5d a411 0b 3b 270500';

  it('of a heat meter', () => {
    expect(mbusValues(read(`${heat} 44 06 01000000 14 2b 01000000 04 26 08000000`).records, 'heat')).toEqual([
      { quantity: 'heatEnergyWh', value: 34_510_000 },
      { quantity: 'heatVolumeL', value: 2_232_490 },
      { quantity: 'supplyTemperatureC', value: 64.6 },
      { quantity: 'returnTemperatureC', value: 45.16 },
      { quantity: 'flowLph', value: 527 },
      { quantity: 'operatingTimeH', value: 8 },
    ]);
  });

  it('of a meter of heat and cooling: what went backward is cooling', () => {
    expect(mbusValues(read('04 06 02000000 04 863c 03000000').records, 'heatAndCooling')).toEqual([
      { quantity: 'heatEnergyWh', value: 2000 },
      { quantity: 'coolingEnergyWh', value: 3000 },
    ]);
    expect(mbusValues(read('04 863c 03000000').records, 'water')).toEqual([]);
  });

  it('of an electricity meter: phases have channels, and power is what comes in less what goes out', () => {
    const records = read(
      '04 03 e8030000 04 833c 0a000000 02 ab3b d007 02 ab3c e803 02 abfc01 6400 02 fdc8fc01 f608 04 83fc01 01000000',
    );
    expect(records.problem).toBeUndefined();
    expect(mbusValues(records.records, 'electricity')).toEqual([
      { quantity: 'activeEnergyWh', value: 1000 },
      { quantity: 'exportedEnergyWh', value: 10 },
      { quantity: 'activePowerW', value: 1000 },
      { quantity: 'phasePowerW', channel: 'L1', value: 100 },
      { quantity: 'voltageV', channel: 'L1', value: 229.4 },
    ]);
  });

  it('of a room sensor, a water meter and a gas meter', () => {
    expect(mbusValues(read('02 65 8808 01 fb1b 2b').records, 'room')).toEqual([
      { quantity: 'airTemperatureC', value: 21.84 },
      { quantity: 'relativeHumidityPct', value: 43 },
    ]);
    expect(mbusValues(read('04 13 a5150600').records, 'water')).toEqual([
      { quantity: 'waterVolumeL', value: 398_757 },
    ]);
    expect(mbusValues(read('04 13 01000000').records, 'gas')).toEqual([{ quantity: 'gasVolumeL', value: 1 }]);
  });

  it('a volume is not energy, and error flags are an alarm', () => {
    expect(mbusValues(read('04 13 01000000').records, 'electricity')).toEqual([]);
    expect(mbusValues(read('02 fd17 0400').records, 'water')).toEqual([{ quantity: 'alarm', value: 1 }]);
    expect(mbusValues(read('02 fd17 0000').records, 'water')).toEqual([{ quantity: 'alarm', value: 0 }]);
  });
});

/** Records of telegrams in wmbusmeters' test data, and what it reads in them. */
describe('what real meters send', () => {
  it.each<[string, MbusMedium, string, Readonly<Record<string, number>>]>([
    [
      'a heat meter, Kamstrup',
      'heat',
      '0406A500000004FF072B01000004FF089C000000041421020000043B120000000259D014025D000904FF2200000000',
      {
        heatEnergyWh: 165_000,
        heatVolumeL: 5450,
        flowLph: 18,
        supplyTemperatureC: 53.28,
        returnTemperatureC: 23.04,
      },
    ],
    [
      'a heat meter, Diehl',
      'heat',
      '2F2F0C0E000000000C13010000000B3B0000000C2B000000000A5A26020A5E18020B260321000AA6180000C2026CBE2BCC020E00000000CC021301000000DB023B000000DC022B000000002F2F2F2F2F',
      {
        heatEnergyWh: 0,
        heatVolumeL: 1,
        flowLph: 0,
        heatPowerW: 0,
        supplyTemperatureC: 22.6,
        returnTemperatureC: 21.8,
        operatingTimeH: 2103,
      },
    ],
    [
      'a water meter, Diehl',
      'water',
      '2F2F01FD08300C13741100007C1300000000FC101300000000FC201300000000726C00000B3B00000002FD748713025A6800C4016D3B177F2ACC011300020000',
      { waterVolumeL: 1174, flowLph: 0 },
    ],
    [
      'an electricity meter, Apator',
      'electricity',
      '2F2F0C7835221400066D404708AC2A400E032022650900000E833C0000000000001B2B9647000B2B5510000BAB3C0000000AFDC9FC0135020AFDC9FC0245020AFDC9FC0339020BABC8FC100000002F2F',
      {
        activeEnergyWh: 9_652_220,
        exportedEnergyWh: 0,
        activePowerW: 1055,
        voltageVL1: 235,
        voltageVL2: 245,
        voltageVL3: 239,
      },
    ],
    [
      'an electricity meter, EMH',
      'electricity',
      '0700583B74020000000007803CBCD70200000000000728B070200000000000042092A406002F2F2F2F2F2F2F2F2F',
      { activeEnergyWh: 41_171.8, exportedEnergyWh: 186.3, activePowerW: 2126 },
    ],
    [
      'a room sensor, Lansen',
      'room',
      '2f2f0265840842658308820165950802fb1aae0142fb1aae018201fb1aa9012f',
      { airTemperatureC: 21.8, relativeHumidityPct: 43 },
    ],
    [
      'a room sensor with minima and maxima, BMeters',
      'room',
      '0265a00842658f088201659f08226589081265a0086265510852652b0902fb1aba0142fb1ab0018201fb1abd0122fb1aa90112fb1aba0162fb1aa60152fb1af501066d3b3bb36b2a00',
      { airTemperatureC: 22.08, relativeHumidityPct: 44.2 },
    ],
  ])('%s', (_says, medium, hex, expected) => {
    const { records, problem } = read(hex);
    expect(problem).toBeUndefined();
    const values = mbusValues(records, medium).map(({ quantity, channel = '', value }) => [
      `${quantity}${channel}`,
      value,
    ]);
    expect(Object.fromEntries(values)).toEqual(expected);
  });
});

describe('a header', () => {
  it.each([
    [
      'long',
      '72 78563412 2d2c 1b 04 2a 04 0000 2f2f',
      {
        id: '12345678',
        manufacturer: 'KAM',
        version: 27,
        medium: 4,
        accessNumber: 42,
        status: 4,
        securityMode: 0,
        length: 13,
      },
    ],
    ['short', '7a 2a 00 0025', { accessNumber: 42, status: 0, securityMode: 5, length: 5 }],
    ['long, with a letter in its number', '72 7856b41f 2d2c 1b 07 00 00 0000', { id: '1FB45678' }],
    ['cut short', '72 78563412', undefined],
    ['of another kind', '78 0000000000000000000000000000', undefined],
    ['of nothing', '', undefined],
  ])('%s', (_says, hex, expected) => {
    const header = readMbusHeader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    if (expected) expect(header).toMatchObject(expected);
    else expect(header).toBeUndefined();
  });

  it.each([
    [0x00, [0, 0, 0]],
    [0x04, [1, 0, 0]],
    [0x08, [0, 1, 0]],
    [0x10, [0, 1, 0]],
    [0x02, [0, 1, 0]],
    [0x03, [0, 0, 1]],
    [0xe0, [0, 0, 0]],
  ])('status %d says low battery, error, alarm: %j', (status, expected) => {
    expect(statusValues(status).map(({ value }) => value)).toEqual(expected);
  });

  it.each([
    [0x04, 'heat'],
    [0x16, 'water'],
    [0x1b, 'room'],
    [0x08, undefined],
  ])('medium %d is %s', (code, expected) => {
    expect(mediumOf(code)).toBe(expected);
  });
});

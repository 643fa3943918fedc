import { describe, expect, it } from 'vitest';
import { problemText } from '../../../src/config/problem.ts';
import { parseRegister } from '../../../src/config/register.ts';

const context = {
  tariffNames: new Set(['goteborg-energi-2025']),
  knowsModel: (name: string) => name === 'kvarter',
};

const places = `organisation: { id: exempelhem, name: Exempelhem AB, timeZone: Europe/Stockholm }
areas:
  - id: norrliden
    name: Norrliden
    buildings:
      - id: b1
        name: Norrlidsvägen 1
        areaM2: 4200
        tariff: goteborg-energi-2025
        spaces: [{ id: lgh-1101, kind: flat }]
        flexibleLoads: [{ id: hp, name: Heat pump, powerKw: 18, maxOffMinutes: 60, priority: 1 }]
`;
const devices = `device,model,building,space,role,ratio
meter-1,kvarter,b1,,electricityMain,40
room-1,kvarter,b1,lgh-1101,room,
`;

const parse = (placesText: string, devicesText: string) =>
  parseRegister(
    { file: 'places.yaml', text: placesText },
    { file: 'devices.csv', text: devicesText },
    context,
  );

function problems(placesText: string, devicesText: string): string[] {
  const parsed = parse(placesText, devicesText);
  return parsed.ok ? [] : parsed.problems.map(problemText);
}

describe('the register', () => {
  it('is places and devices together', () => {
    const parsed = parse(places, devices);
    if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
    expect(parsed.register.buildings.get('b1')).toMatchObject({ area: 'norrliden', areaM2: 4200 });
    expect(parsed.register.devices.get('meter-1')).toEqual([
      { id: 'meter-1', model: 'kvarter', building: 'b1', role: 'electricityMain', ratio: 40 },
    ]);
    expect(parsed.warnings).toEqual([]);
  });

  it('may have tariffs and subscribed powers of an area, of its electricity and of its heat', () => {
    const billed =
      'name: Norrliden\n    tariff: goteborg-energi-2025\n    subscribedKw: 900\n    heatTariff: goteborg-energi-2025\n    subscribedHeatKw: 1200\n';
    const parsed = parse(places.replace('name: Norrliden\n', billed), devices);
    expect(parsed.ok && parsed.register.areas[0]).toMatchObject({
      tariff: 'goteborg-energi-2025',
      subscribedKw: 900,
      heatTariff: 'goteborg-energi-2025',
      subscribedHeatKw: 1200,
    });
  });

  it('fills in what is not said of a battery, and refuses what cannot be, with its line', () => {
    const withBattery = (battery: string) => `${places}        battery: ${battery}\n`;
    const parsed = parse(withBattery('{ id: bat, capacityKwh: 40, chargeKw: 20, dischargeKw: 20 }'), devices);
    expect(parsed.ok && parsed.register.buildings.get('b1')?.battery).toEqual({
      id: 'bat',
      capacityKwh: 40,
      chargeKw: 20,
      dischargeKw: 20,
      chargeEfficiency: 0.95,
      dischargeEfficiency: 0.95,
      lossPerHour: 0,
      exportLimitKw: 0,
      reserve: 0,
    });
    expect(
      problems(
        withBattery('{ id: bat, capacityKwh: -4, chargeKw: 20, dischargeKw: 20, reserve: 1 }'),
        devices,
      ),
    ).toEqual([
      expect.stringMatching(/^places\.yaml:12:\d+: areas\.0\.buildings\.0\.battery\.capacityKwh/),
      expect.stringMatching(/^places\.yaml:12:\d+: areas\.0\.buildings\.0\.battery\.reserve/),
    ]);
    expect(
      problems(withBattery('{ id: hp, capacityKwh: 4, chargeKw: 20, dischargeKw: 20 }'), devices),
    ).toEqual([expect.stringMatching(/battery\.id: a flexible load of the building has this id/)]);
  });

  it('warns of a model without a decoder, because a network server may decode for it', () => {
    const parsed = parse(places, `${devices}x,unheard-of,b1,,\n`);
    expect(parsed.ok && parsed.warnings.map(problemText)).toEqual([
      expect.stringMatching(/^devices\.csv:4:2: model: no decoder for unheard-of/),
    ]);
  });

  it.each([
    [
      'an unknown key',
      places.replace('areaM2', 'area'),
      devices,
      /^places\.yaml:8:\d+: areas\.0\.buildings\.0\.area: unknown key/,
    ],
    [
      'an unknown tariff',
      places.replace('goteborg', 'kiruna'),
      devices,
      /^places\.yaml:9:\d+: .*no tariff file kiruna/,
    ],
    [
      'a flexible load that is there twice',
      places.replace(/(flexibleLoads: \[)(.*)\]/, '$1$2, $2]'),
      devices,
      /^places\.yaml:11:\d+: areas\.0\.buildings\.0\.flexibleLoads\.1\.id: hp is there twice in the building b1/,
    ],
    [
      'a space that is there twice',
      places.replace(/(spaces: \[)(.*)\]/, '$1$2, $2]'),
      devices,
      /^places\.yaml:10:\d+: areas\.0\.buildings\.0\.spaces\.1\.id: lgh-1101 is there twice/,
    ],
    [
      'an unknown tariff of heat',
      places.replace('tariff: goteborg-energi-2025', 'heatTariff: kiruna'),
      devices,
      /^places\.yaml:9:\d+: .*heatTariff: no tariff file kiruna/,
    ],
    [
      'an unknown tariff of an area',
      places.replace('name: Norrliden\n', 'name: Norrliden\n    tariff: kiruna\n'),
      devices,
      /^places\.yaml:5:\d+: areas\.0\.tariff: no tariff file kiruna/,
    ],
    [
      'a wrong time zone',
      places.replace('Stockholm', 'Kalmar'),
      devices,
      /^places\.yaml:1:\d+: organisation\.timeZone/,
    ],
    [
      'letters that are not UTF-8',
      places.replace('ä', '\uFFFD'),
      devices,
      /^places\.yaml:7:24: a letter here is not UTF-8: save the file as UTF-8$/,
    ],
    [
      'letters of devices that are not UTF-8',
      places,
      devices.replace('room-1', 'k\uFFFDrl'),
      /^devices\.csv:3: a letter here is not UTF-8/,
    ],
    ['broken YAML', `${places}  - [`, devices, /^places\.yaml:\d+:\d+: /],
    [
      'an unknown building',
      places,
      devices.replace('meter-1,kvarter,b1', 'meter-1,kvarter,b9'),
      /^devices\.csv:2:3: building: b9 is not in/,
    ],
    [
      'an unknown space',
      places,
      devices.replace('lgh-1101', 'lgh-9'),
      /^devices\.csv:3:4: space: lgh-9 is not a space/,
    ],
    ['an unknown role', places, devices.replace('electricityMain', 'main'), /^devices\.csv:2:5: role: /],
    [
      'a device that is there twice',
      places,
      `${devices}meter-1,kvarter,b1,,,\n`,
      /^devices\.csv:4:1: device: meter-1 is there twice/,
    ],
    ['a number that is none', places, devices.replace(',40', ',4x'), /^devices\.csv:2:6: ratio: /],
    [
      'a calibration outside its range',
      places,
      devices.replace(',40', ',-40'),
      /^devices\.csv:2:6: ratio: must be from 0\.000001 to 1000000$/,
    ],
    [
      'a missing column',
      places,
      devices.replace('role', 'rol'),
      /^devices\.csv:1: the header lacks \[role\] and has the unknown \[rol\]/,
    ],
  ])('refuses %s, with its line', (_what, placesText, devicesText, message) => {
    expect(problems(placesText, devicesText).join('\n')).toMatch(message);
  });
});

describe('the register, read again', () => {
  const read = (placesText: string, devicesText: string, before?: Parameters<typeof parseRegister>[3]) => {
    const parsed = parseRegister(
      { file: 'places.yaml', text: placesText },
      { file: 'devices.csv', text: devicesText },
      context,
      before,
    );
    if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
    return parsed;
  };

  it('keeps the objects of what has not changed', () => {
    const first = read(places, devices);
    const after = read(
      places.replace('4200', '4300'),
      `# comment\n${devices.replace(',40', ',50')}`,
      first.known,
    );
    expect(after.register.devices.get('room-1')).toBe(first.register.devices.get('room-1'));
    expect(after.register.devices.get('meter-1')?.[0]?.ratio).toBe(50);
    expect(after.register.buildings.get('b1')?.areaM2).toBe(4300);
    const again = read(places, devices, first.known);
    expect(again.register.buildings.get('b1')).toBe(first.register.buildings.get('b1'));
  });

  it('says again what is wrong in a row that is as before', () => {
    const first = read(places, devices);
    const parsed = parseRegister(
      { file: 'places.yaml', text: places.replace('id: b1', 'id: b2') },
      { file: 'devices.csv', text: devices },
      context,
      first.known,
    );
    expect(!parsed.ok && parsed.problems.map(problemText)).toEqual([
      'devices.csv:2:3: building: b1 is not in places.yaml',
      'devices.csv:3:3: building: b1 is not in places.yaml',
    ]);
  });

  it('reads a column by its name, also when the columns have changed places', () => {
    const first = read(places, 'device,model,building,space,role,ratio,offset\na,kvarter,b1,,,2,\n');
    const after = read(
      places,
      'device,model,building,space,role,offset,ratio\na,kvarter,b1,,,2,\n',
      first.known,
    );
    expect(after.register.devices.get('a')).toEqual([
      { id: 'a', model: 'kvarter', building: 'b1', offset: 2 },
    ]);
  });
});

describe('a meter that is replaced', () => {
  const header = 'device,model,building,space,role,channel,replacedBy,replacedAt\n';
  const rows = (...lines: readonly string[]) => `${header}${lines.join('\n')}\n`;
  const old = 'old,kvarter,b1,,electricityMain,,new,2026-03-29 12:00';
  const fresh = 'new,kvarter,b1,,electricityMain,,,';

  it('counts until then, and the one in its place from then on, by the wall clock of the buildings', () => {
    const parsed = parse(places, rows(old, fresh));
    const atMs = Date.parse('2026-03-29T12:00+02:00');
    expect(parsed.ok && parsed.register.devices.get('old')).toMatchObject([{ countsToMs: atMs }]);
    expect(parsed.ok && parsed.register.devices.get('new')).toMatchObject([{ countsFromMs: atMs }]);
  });

  it('may be one channel of a device with many, and be replaced again', () => {
    const parsed = parse(
      places,
      rows(
        'ct,kvarter,b1,,submeter,1,new,2026-03-01',
        'ct,kvarter,b1,,submeter,2,,',
        'new,kvarter,b1,,submeter,,newer,2026-04-01',
        'newer,kvarter,b1,,submeter,,,',
      ),
    );
    const ct = parsed.ok ? parsed.register.devices.get('ct') : undefined;
    expect(ct?.map(({ countsToMs }) => countsToMs)).toEqual([
      Date.parse('2026-03-01T00:00+01:00'),
      undefined,
    ]);
    expect(parsed.ok && parsed.register.devices.get('new')).toMatchObject([
      {
        countsFromMs: Date.parse('2026-03-01T00:00+01:00'),
        countsToMs: Date.parse('2026-04-01T00:00+02:00'),
      },
    ]);
  });

  it.each([
    ['by one that is not there', rows(old), /^devices\.csv:2:7: replacedBy: new is not in this file/],
    ['by itself', rows(old.replace(',new,', ',old,')), /replacedBy: a device does not take its own place/],
    [
      'at no time',
      rows(old.replace('2026-03-29 12:00', ''), fresh),
      /^devices\.csv:2:8: replacedAt: is missing/,
    ],
    [
      'at an unreadable time',
      rows(old.replace('2026-03-29 12:00', 'spring'), fresh),
      /replacedAt: must be such as/,
    ],
    ['by nobody', rows(old.replace(',new,', ',,'), fresh), /replacedBy: is missing/],
    [
      'by one with another role',
      rows(old, fresh.replace('electricityMain', 'submeter')),
      /another building or role than old/,
    ],
    [
      'before it was there',
      rows(
        old,
        'new,kvarter,b1,,electricityMain,,newest,2026-03-01',
        'newest,kvarter,b1,,electricityMain,,,',
      ),
      /^devices\.csv:3:8: replacedAt: new was not there before/,
    ],
    [
      'in a circle',
      rows(old, 'new,kvarter,b1,,electricityMain,,old,2026-04-01'),
      /replacedAt: old was not there before/,
    ],
    [
      'by one that has replaced another at another time',
      rows(old, 'older,kvarter,b1,,electricityMain,,new,2026-03-01', fresh),
      /^devices\.csv:3:8: replacedAt: new has taken another's place at/,
    ],
  ])('is refused: %s', (_says, devicesText, message) => {
    expect(problems(places, devicesText).join('\n')).toMatch(message);
  });
});

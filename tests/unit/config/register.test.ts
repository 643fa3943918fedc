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
      'a wrong time zone',
      places.replace('Stockholm', 'Kalmar'),
      devices,
      /^places\.yaml:1:\d+: organisation\.timeZone/,
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
      'a missing column',
      places,
      devices.replace('role', 'rol'),
      /^devices\.csv:1: the header lacks \[role\] and has the unknown \[rol\]/,
    ],
  ])('refuses %s, with its line', (_what, placesText, devicesText, message) => {
    expect(problems(placesText, devicesText).join('\n')).toMatch(message);
  });
});

import { describe, expect, it } from 'vitest';
import { parseRules, readRules, unknownParents, unknownPlaces } from '../../../src/config/rules.ts';
import { ruleTypes } from '../../../src/rules/definitions.ts';
import { defaultParents } from '../../../src/rules/parents.ts';
import { registerOf } from '../../support/readings.ts';
import { rulesOf } from '../../support/rules.ts';

/** `line:column path: message` of each problem. */
function problemsOf(text: string): readonly string[] {
  const read = parseRules('rules.yaml', text);
  if (read.ok) return [];
  return read.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

const entry = (fields: string) => `rules:\n  - { ${fields} }\n`;

describe('a rule file', () => {
  it('is shipped with an entry of every type', () => {
    const used = new Set(rulesOf().entries.map(({ type }) => type));
    expect(ruleTypes.map(({ type }) => type).filter((type) => !used.has(type))).toEqual([]);
  });

  it('takes one or a list of each place, durations and limits with their units', () => {
    const text = entry(
      'type: out-of-range, scope: { quantity: activePowerW, building: [b1, b2] }, parameters: { max: 20 kW }, for: 90 s, clear: 2h',
    );
    expect(rulesOf(text).entries).toMatchObject([
      {
        name: 'out-of-range',
        scope: { quantity: ['activePowerW'], building: ['b1', 'b2'] },
        forMs: 90_000,
        clearMs: 7_200_000,
      },
    ]);
  });

  it.each([
    [
      'an unknown type',
      'type: out-of-rang',
      /^2:13 rules\.0\.type: there is no type out-of-rang: known are .*stale/,
    ],
    [
      'an unknown quantity',
      'type: flat-line, scope: { quantity: airTemperature }',
      /^2:\d+ rules\.0\.scope\.quantity\.0: airTemperature is none .*: is it airTemperatureC\?/,
    ],
    [
      'an impossible limit',
      'type: out-of-range, scope: { quantity: airTemperatureC }, parameters: { max: 900 }',
      /^2:\d+ rules\.0\.parameters\.max: 900 is impossible: airTemperatureC is between -60 and 100 °C/,
    ],
    [
      'limits that leave nothing between them',
      'type: out-of-range, scope: { quantity: co2Ppm }, parameters: { min: 30, max: 20 }',
      /rules\.0\.parameters\.max: must be more than min/,
    ],
    [
      'a unit of something else',
      'type: out-of-range, scope: { quantity: airTemperatureC }, parameters: { max: 30 W }',
      /rules\.0\.parameters\.max: 30 W: airTemperatureC is in °C/,
    ],
    [
      'limits without a quantity',
      'type: out-of-range, parameters: { max: 30 }',
      /rules\.0\.parameters\.max: name the quantity in the scope/,
    ],
    [
      'a parameter that the type does not have',
      'type: stale, parameters: { pausen: 3 }',
      /^2:\d+ rules\.0\.parameters\.pausen: unknown key/,
    ],
    ['a key that no entry has', 'type: stale, sevrity: info', /^2:\d+ rules\.0\.sevrity: unknown key/],
    [
      'a scope finer than what the type judges',
      'type: peak-guard, scope: { device: d }',
      /rules\.0\.scope\.device: peak-guard judges each building/,
    ],
    ['a duration without unit', 'type: stale, for: 10', /rules\.0\.for: 10 is no time .*30 min/],
    ['a negative duration', 'type: stale, for: -3 min', /rules\.0\.for: -3 min is no time/],
    ['hours that no day has', 'type: stale, schedule: { hours: 25:00-26:00 }', /schedule\.hours\.0: 25:00/],
    ['a weekday of no week', 'type: stale, schedule: { weekdays: mon-fry }', /weekdays\.0: mon-fry is no/],
    ['the name of kvarter’s own alerts', 'type: stale, name: service', /rules\.0\.name: "service" is the/],
    [
      'a name for two types',
      'type: stale, name: x }\n  - { type: peak-guard, name: x',
      /^3:\d+ rules\.1\.name: x is the name of a rule of the type stale/,
    ],
    [
      'two entries of which one would never hold',
      'type: stale, scope: { building: b1 } }\n  - { type: stale, scope: { building: [b1] }',
      /^3:\d+ rules\.1: has the same scope as rules\.0/,
    ],
    ['something that is no YAML', 'type: [', /^\d+:\d+ undefined: /],
  ])('refuses %s, and says where', (_what, fields, expected) => {
    expect(problemsOf(entry(fields)).join('\n')).toMatch(expected);
  });

  it.each([
    [
      'comfort',
      'coldC: 21 °C, changeHours: 12 h, dampPct: 75 %, balanceDays: 2 d',
      { coldC: 21, changeHours: 12, dampPct: 75, balanceDays: 2 },
    ],
    ['night-base-load', 'minRiseW: 0.5 kW, risePct: 5%', { minRiseW: 500, risePct: 5 }],
    ['flat-line', 'windowMinutes: 12 h, tolerance: 1', { windowMinutes: 720 }],
    ['water-all-night', 'minRiseLph: 0.03 m³/h', { minRiseLph: 30 }],
    ['low-delta-t', 'minDeltaC: 20 K, minPowerW: 2000', { minDeltaC: 20, minPowerW: 2000 }],
    ['energy-without-flow', 'hours: 3 h', { hours: 3 }],
  ])('takes the parameters of %s with their units, too', (type, parameters, expected) => {
    const scope = type === 'flat-line' ? 'scope: { quantity: co2Ppm }, ' : '';
    expect(rulesOf(entry(`type: ${type}, ${scope}parameters: { ${parameters} }`)).entries).toMatchObject([
      { parameters: expected },
    ]);
  });

  it.each([
    ['a unit of something else', 'comfort', 'coldC: 20 kW', 'coldC: 20 kW: coldC is in °C'],
    ['a time that is a power', 'comfort', 'meanHours: 6 kW', 'meanHours: 6 kW: meanHours is in h'],
    ['a word', 'comfort', 'coldC: warm', 'coldC: must be a number'],
    ['no number', 'comfort', 'coldC: .nan', 'coldC: is no value that can be used here'],
    ['what is too large', 'comfort', 'coldC: 400', 'coldC: must be at most 40'],
    ['what is too small', 'stale', 'pauses: 0', 'pauses: must be at least 1'],
    ['a band with nothing in it', 'comfort', 'coldC: 25, warmC: 22', 'coldC: must be less than warmC'],
    ['one for summer', 'comfort', 'summerWarmC: 18', 'coldC: must be less than summerWarmC, which is 18'],
    ['dry that is damp', 'comfort', 'dryPct: 80', 'dryPct: must be less than dampPct'],
    [
      'a container that is never empty enough',
      'container-full',
      'fullPct: 20, hysteresisPct: 30',
      'hysteresisPct: must be less than fullPct',
    ],
  ])('refuses parameters: %s', (_what, type, parameters, expected) => {
    expect(problemsOf(entry(`type: ${type}, parameters: { ${parameters} }`)).join('\n')).toMatch(
      new RegExp(`^2:\\d+ rules\\.0\\.parameters\\.${expected}`),
    );
  });

  it.each([
    ['an empty list', 'type: stale, recipients: []', 'recipients: must have at least 1 entry'],
    ['an empty name', 'type: stale, scope: { building: "" }', 'building.0: must have at least 1 character'],
    ['a severity', 'type: stale, severity: fatal', 'severity: must be one of info, warning, critical'],
    ['a list for a map', 'type: stale, scope: [b1]', 'scope: must be a map of keys and values, not a list'],
    [
      'a duration that is left out',
      'type: stale, for: null',
      'for: must be a time: write 90 s, 30 min, 2 h or 1 d',
    ],
    [
      'a quantity by half of its name',
      'type: flat-line, scope: { quantity: temperature }',
      'is it .*, airTemperatureC',
    ],
    [
      'a limit that is not there',
      'type: flat-line, scope: { quantity: co2Ppm }, parameters: { windowMinutes: 60 }',
      'tolerance: is missing: it must be a number or a text',
    ],
    [
      'a limit of another kind',
      'type: flat-line, scope: { quantity: co2Ppm }, parameters: { windowMinutes: 60, tolerance: [1] }',
      'tolerance: must be a number or a text, not a list',
    ],
    [
      'a quantity that is none',
      'type: flat-line, scope: { quantity: moon }',
      'see the table of quantities in README.md',
    ],
  ])('says plainly what is wrong with %s', (_what, fields, expected) => {
    expect(problemsOf(entry(fields)).join('\n')).toMatch(new RegExp(expected));
  });

  it('refuses a scope that stands there already, in whatever order', () => {
    const twin = 'rules:\n  - { type: stale, scope: { building: [b1, b2], device: d1 } }\n';
    expect(problemsOf(`${twin}  - { type: stale, scope: { device: d1, building: [b2, b1] } }\n`)).toEqual([
      '3:5 rules.1: has the same scope as rules.0, so it would never hold: change its scope, or give it a name of its own',
    ]);
  });

  it.each([
    [
      'an alias of nothing',
      'rules:\n  - &a { type: stale }\n  - *b\n',
      '3:5 undefined: nothing before it is named &b',
    ],
    [
      'a second document',
      'rules: []\n---\nrules: []\n',
      '2:1 undefined: a second document begins here: write one',
    ],
    ['tabs', 'rules:\n\t- type: stale\n', '2:1 undefined: Tabs are not allowed as indentation'],
  ])('refuses %s', (_what, text, expected) => {
    expect(problemsOf(text)).toContain(expected);
  });

  it('tells of parents and children that no rule is called, without refusing them', () => {
    const text = 'parents:\n  - { parent: stael, child: stale, by: gateway }\nrules:\n  - type: stale\n';
    const read = parseRules('rules.yaml', text);
    expect(read.ok ? unknownParents('rules.yaml', read) : []).toEqual([
      {
        file: 'rules.yaml',
        line: 2,
        column: 15,
        path: 'parents.0.parent',
        message: 'no rule is called stael, so this holds nothing back: known are service, stale',
      },
    ]);
  });

  it('refuses another grace for a parent and child that it has already', () => {
    const pairs = ['main, grace: 3 d', 'part, grace: 3 d', 'building', 'device, grace: 1 d'];
    const text = `parents:\n${pairs.map((by) => `  - { parent: stale, child: out-of-range, by: ${by} }\n`).join('')}`;
    const read = parseRules('rules.yaml', `${text}rules:\n  - type: stale\n`);
    expect(read.ok ? [] : read.problems.map(({ path, message }) => [path, message])).toEqual(
      [2, 3].map((n) => [
        `parents.${n}.grace`,
        'stale and out-of-range stand in parents.0 with another grace, and only one can hold: give both the same',
      ]),
    );
  });

  it('refuses another grace for a rule by its own name that has one by its type', () => {
    const graceOf = (first: string, second: string) => {
      const pairs = [
        `parent: stale, child: out-of-range, by: device${first}`,
        `parent: quiet, child: warm, by: device${second}`,
      ];
      const rules = [
        '{ type: stale, name: quiet, scope: { role: room } }',
        '{ type: out-of-range, name: warm, scope: { quantity: co2Ppm }, parameters: { max: 2000 } }',
      ];
      const lines = (some: readonly string[]) => some.map((one) => `  - ${one}\n`).join('');
      const text = `parents:\n${lines(pairs.map((pair) => `{ ${pair} }`))}rules:\n${lines(rules)}`;
      const read = parseRules('rules.yaml', text);
      return read.ok ? [] : read.problems.map(({ path, line, message }) => [path, line, message]);
    };
    expect(graceOf(', grace: 1 d', ', grace: 1 d')).toEqual([]);
    expect(graceOf(', grace: 1 d', ', grace: 2 d')).toEqual([
      [
        'parents.1.grace',
        3,
        'quiet and warm stand in parents.0 with another grace, and only one can hold: give both the same',
      ],
    ]);
  });

  it('takes a type for all rules of it as parent or child', () => {
    const rules = [
      'type: stale',
      '{ type: stale, name: quiet, scope: { role: room } }',
      '{ type: out-of-range, name: warm, scope: { quantity: co2Ppm }, parameters: { max: 2000 } }',
    ];
    const text = `parents:\n  - { parent: stale, child: out-of-range, by: device }\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`;
    const read = parseRules('rules.yaml', text);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    expect(read.rules.parents.map(({ parent, child }) => `${parent} ${child}`)).toEqual([
      'stale out-of-range',
      'stale warm',
      'quiet out-of-range',
      'quiet warm',
    ]);
    expect(unknownParents('rules.yaml', read)).toEqual([]);
  });

  it('explains by default as the shipped file does', () => {
    const read = readRules('config/rules.yaml');
    expect(read.ok && read.rules.parents).toEqual(defaultParents);
  });

  it('tells of places that the register does not have, without refusing them', () => {
    const read = parseRules('rules.yaml', entry('type: stale, scope: { building: [b1, bX], device: d9 }'));
    const found = read.ok ? unknownPlaces('rules.yaml', read, registerOf([{ id: 'b1' }], [])) : [];
    expect(found.map(({ message }) => message)).toEqual([
      'the register has no building bX, so this holds for nothing yet',
      'the register has no device d9, so this holds for nothing yet',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { parseRules, unknownPlaces } from '../../../src/config/rules.ts';
import { ruleTypes } from '../../../src/rules/definitions.ts';
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

  it('tells of places that the register does not have, without refusing them', () => {
    const read = parseRules('rules.yaml', entry('type: stale, scope: { building: [b1, bX], device: d9 }'));
    const found = read.ok ? unknownPlaces('rules.yaml', read, registerOf([{ id: 'b1' }], [])) : [];
    expect(found.map(({ message }) => message)).toEqual([
      'the register has no building bX, so this holds for nothing yet',
      'the register has no device d9, so this holds for nothing yet',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { AlertChange } from '../../../../src/domain/alert.ts';
import type { Reading } from '../../../../src/domain/reading.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 11, 23);
const flats = ['f1', 'f2', 'f3', 'f4', 'f5'];
const kinds: Readonly<Record<string, string>> = {
  ...Object.fromEntries(flats.map((id) => [id, 'flat'])),
  ward: 'care',
  class: 'classroom',
  store: 'storage',
};
const register = registerOf(
  [{ id: 'b1', spaces: Object.entries(kinds).map(([id, kind]) => ({ id, kind })) }],
  Object.keys(kinds).map((id) => ({ id, model: 'kvarter', building: 'b1', space: id, role: 'room' })),
);

/** What a space shows in an hour since T0. */
type Air = { readonly c?: number; readonly pct?: number; readonly ppm?: number };
type AirOf = (hour: number) => Air;

function judge(
  spaces: Readonly<Record<string, AirOf>>,
  { hours = 240, outdoorC = -2, rules = '' }: { hours?: number; outdoorC?: number; rules?: string } = {},
): readonly AlertChange[] {
  const alerting = createAlerting({
    rules: rulesOf(`rules:\n  - type: comfort\n${rules}`),
    holds: { powerHoldMs: HOUR, registerGapMs: HOUR },
    register: () => register,
    tariffs: new Map(),
  });
  const say = (reading: Reading) => alerting.onReading(reading);
  for (let hour = 0; hour < hours; hour += 1) {
    const atMs = T0 + hour * HOUR + 1000;
    say(readingOf({ device: 'out', quantity: 'outdoorTemperatureC' }, atMs, outdoorC));
    for (const [space, airOf] of Object.entries(spaces)) {
      const { c, pct, ppm } = airOf(hour);
      const point = { device: space, role: 'room', space } as const;
      if (c !== undefined) say(readingOf({ ...point, quantity: 'airTemperatureC' }, atMs, c));
      if (pct !== undefined) say(readingOf({ ...point, quantity: 'relativeHumidityPct' }, atMs, pct));
      if (ppm !== undefined) say(readingOf({ ...point, quantity: 'co2Ppm' }, atMs, ppm));
    }
  }
  return alerting.drain().changes;
}

/** Of the flats, all alike but those that are given. */
const among = (some: Readonly<Record<string, AirOf>>, usual: AirOf = day): Record<string, AirOf> => ({
  ...Object.fromEntries(flats.map((id) => [id, usual])),
  ...some,
});
const day: AirOf = (hour) => ({ c: 21.5 + 0.4 * Math.sin((hour * Math.PI) / 12) });
/** What people were told: not what was over before. */
const told = (changes: readonly AlertChange[]) => {
  const fired = new Set(changes.filter(({ alert }) => alert.state === 'firing').map(({ alert }) => alert.id));
  return changes
    .filter(({ alert }) => alert.state !== 'pending' && fired.has(alert.id))
    .map(({ alert: { state, subject } }) => `${subject.replace('b1/', '')} ${state}`);
};
/** A third of a degree an hour: no window. */
const falling =
  (from: number, to: number, lowC: number): AirOf =>
  (hour) => {
    const { c = 0 } = day(hour);
    if (hour < from) return { c };
    return { c: hour < to ? Math.max(c - (hour - from) * 0.3, lowC) : Math.min(lowC + (hour - to) * 0.9, c) };
  };

/** As the alerts are at the end. */
function atLast(spaces: Readonly<Record<string, AirOf>>, hours = 240) {
  const alerting = createAlerting({
    rules: rulesOf('rules:\n  - type: comfort\n'),
    holds: { powerHoldMs: HOUR, registerGapMs: HOUR },
    register: () => register,
    tariffs: new Map(),
  });
  for (let hour = 0; hour < hours; hour += 1) {
    const atMs = T0 + hour * HOUR + 1000;
    for (const [space, airOf] of Object.entries(spaces)) {
      const point = { device: space, role: 'room', space, quantity: 'airTemperatureC' } as const;
      alerting.onReading(readingOf(point, atMs, airOf(hour).c ?? 0));
    }
  }
  const { changes, refreshed } = alerting.drain();
  return new Map([...changes.map(({ alert }) => alert), ...refreshed].map((alert) => [alert.subject, alert]));
}

describe('a flat', () => {
  it('that is hardly too cold is not told to be as warm as it should', () => {
    const { title, facts } = atLast(among({ ward: () => ({ c: 21.98 }) })).get('b1/ward|cold')!;
    expect(title).toBe('ward is too cold: 21.9 °C');
    expect(facts).toMatchObject({ value: 21.9, unit: '°C', minC: 22 });
  });

  it('that grows colder is said to be so, in the alert that was told', () => {
    const alert = atLast(among({ f2: falling(100, 160, 14) }), 150).get('b1/f2|cold')!;
    expect(alert).toMatchObject({ state: 'firing', severity: 'critical' });
    expect(alert.facts.value).toBeLessThan(15.1);
    expect(alert.title).toBe(`f2 is too cold: ${String(alert.facts.value)} °C`);
  });

  it('that becomes too cold is told once, with what it should be and the others, and over when it is warm', () => {
    const changes = judge(among({ f2: falling(100, 160, 19) }));
    expect(told(changes)).toEqual(['f2|cold firing', 'f2|cold resolved']);
    expect(changes.find(({ alert }) => alert.state === 'firing')?.alert).toMatchObject({
      severity: 'warning',
      space: 'f2',
      facts: { kind: 'cold', minC: 20, maxC: 24, outdoorC: -2 },
    });
    expect(changes[0]?.alert.detail).toMatch(/other flats.*at 21.* °C.*radiators/s);
  });

  it('is critical below 18 °C', () => {
    const changes = judge(among({ f2: (): Air => ({ c: 17 }) }), { hours: 60 });
    expect(changes.at(-1)?.alert).toMatchObject({ severity: 'critical', state: 'firing', space: 'f2' });
  });

  it('that has become colder beside its neighbours is told before it is too cold; what all do is not told', () => {
    const colder = (hour: number): Air => ({ c: 22.5 - (hour >= 170 ? 1 : 0) });
    const changes = judge(among({ f3: colder }));
    expect(told(changes)).toContain('f3|cold firing');
    expect(changes[0]?.alert.title).toMatch(/^f3 has become colder than its neighbours/);
    expect(judge(among({}, colder))).toEqual([]);
    expect(judge({ f1: colder, f2: day })).toEqual([]);
  });

  it.each([
    ['sensitive residents', { ward: (): Air => ({ c: 21.5 }) }, ['ward|cold firing']],
    ['a warm flat in winter', { f1: (): Air => ({ c: 24.8 }) }, ['f1|warm firing']],
    ['damp air', { f1: (): Air => ({ c: 21, pct: 78 }) }, ['f1|damp firing']],
    ['damp air, though not very', { f1: (): Air => ({ c: 21, pct: 72 }) }, []],
    ['dry air beyond frost', { f1: (): Air => ({ c: 21, pct: 6 }) }, ['f1|dry firing']],
    ['dry air by frost', { f1: (): Air => ({ c: 21, pct: 17 }) }, []],
    ['little fresh air', { f1: (): Air => ({ c: 21, ppm: 1700 }) }, ['f1|stale firing']],
    ['a cold storeroom', { store: (): Air => ({ c: 9 }) }, []],
    ['a classroom at night', { class: (hour: number): Air => ({ c: hour % 24 < 8 ? 17 : 21 }) }, []],
    [
      'a window for half a day',
      {
        f1: (hour: number): Air => ({
          c: hour >= 100 && hour < 112 ? 21.8 - Math.min(hour - 99, 2) * 3 : 21.8,
        }),
      },
      ['f1|window firing', 'f1|window resolved'],
    ],
    ['airing for an hour', { f1: (hour: number): Air => ({ c: hour % 24 === 9 ? 17.5 : 21.5 }) }, []],
  ])('with %s', (_, some, expected) => {
    const lines = told(judge(among(some)));
    expect(lines.filter((line) => !/window/.test(expected.join()) || /window/.test(line))).toEqual(expected);
  });

  const others = 'The other flats of the building are at';
  it.each<[what: string, some: Record<string, AirOf>, title: string, detail: string, facts: object]>([
    [
      'too warm, by what a day was',
      { f1: () => ({ c: 24.8 }) },
      'f1 is too warm: 24.8 °C',
      `Over 24 hours it is 24.8 °C; it should be 20 to 24 °C. ${others} 21.3 °C. See whether`,
      { kind: 'warm', value: 24.8, unit: '°C', minC: 20, maxC: 24, othersC: 21.3, outdoorC: -2 },
    ],
    [
      'much too cold, below the limit that is critical',
      { f2: () => ({ c: 17.96 }) },
      'f2 is too cold: 17.9 °C',
      `Over 6 hours it is 17.9 °C; it should be 20 to 24 °C. ${others} 21.7 °C. Measure`,
      { kind: 'cold', value: 17.9, unit: '°C', othersC: 21.7, since: '2026-01-12T05:00:00.000Z' },
    ],
    [
      'hardly too warm',
      { f2: () => ({ c: 24.02 }) },
      'f2 is too warm: 24.1 °C',
      'Over 24 hours it is 24.1 °C; it should be 20 to 24 °C.',
      { kind: 'warm', value: 24.1 },
    ],
    [
      'damp, which no other flat’s warmth tells anything of',
      { f1: () => ({ c: 21, pct: 78.04 }) },
      'f1 has damp air: 78 %',
      'Over 24 hours it is 78 % relative humidity; it should be 30 to 75 %. See whether',
      { kind: 'damp', value: 78, unit: '%', minPct: 30, maxPct: 75 },
    ],
    [
      'dry',
      { f1: () => ({ c: 21, pct: 6.26 }) },
      'f1 has drier air than the weather explains: 6.3 %',
      'Over 24 hours it is 6.3 % relative humidity; it should be 30 to 75 %. Compare',
      { kind: 'dry', value: 6.3, unit: '%' },
    ],
    [
      'stale',
      { f1: () => ({ c: 21, ppm: 1700.4 }) },
      'f1 gets too little fresh air: 1700 ppm CO₂',
      'Over 24 hours it is 1700 ppm CO₂; it should be at most 1500 ppm. See whether',
      { kind: 'stale', value: 1700, unit: 'ppm', maxPpm: 1500 },
    ],
    [
      'colder than its neighbours',
      { f3: (hour) => ({ c: 22.5 - (hour >= 170 ? 1 : 0) }) },
      'f3 has become colder than its neighbours: by 0.8 °C',
      `Over 12 hours it is 21.6 °C, 0.8 °C less than it usually is beside the others. ${others} 21.5 °C.`,
      { kind: 'cold', is: 'behind', value: 21.6, unit: '°C', offC: -0.8, changeC: 0.8 },
    ],
    [
      'cooled by a window',
      { f1: (hour) => ({ c: hour >= 100 && hour < 112 ? 21.8 - Math.min(hour - 99, 2) * 3 : 21.8 }) },
      'f1 cools faster than a closed room can: 21.8 to 18.8 °C in 1 h',
      `It fell from 21.8 to 18.8 °C in 1 hour. ${others} 21.5 °C.`,
      { kind: 'window', value: 18.8, unit: '°C', fromC: 21.8, hours: 1 },
    ],
    [
      'without its heating',
      { f4: (hour) => ({ c: hour < 100 ? 21.5 : -2 + 23.5 * Math.exp(-(hour - 100) / 40) }) },
      'f4 cools as if it were not heated: 21.5 to 18.2 °C in 6 h',
      `It fell from 21.5 to 18.2 °C in 6 hours. ${others} 21.7 °C.`,
      { kind: 'heatingLost', value: 18.2, unit: '°C', fromC: 21.5, hours: 6 },
    ],
  ])('says what it is when it is %s', (_, some, title, detail, facts) => {
    const firing = judge(among(some)).find(({ alert }) => alert.state === 'firing')?.alert;
    expect(firing).toMatchObject({ title, detail: expect.stringContaining(detail), facts });
    expect(Object.keys(firing?.facts ?? {}).includes('is')).toBe('is' in facts);
  });

  it('that is alone in its building is said without others', () => {
    const [change] = judge({ f1: () => ({ c: 17 }) }, { hours: 60 });
    expect(change?.alert.detail).toMatch(/20 to 24 °C\. Measure/);
    expect(change?.alert.facts).not.toHaveProperty('othersC');
  });

  it('that is warm as the weather is, is told where sensitive people live; what is warmer than that, anywhere', () => {
    const hot = (): Air => ({ c: 26.6 });
    const warm = (outdoorC: number, rules = '') =>
      told(judge({ f1: hot, f2: day, ward: hot }, { outdoorC, rules })).filter((line) => /warm/.test(line));
    expect(warm(20)).toEqual(['ward|warm firing']);
    expect(warm(14)).toEqual(['f1|warm firing', 'ward|warm firing']);
    expect(warm(20, '    parameters: { weatherC: 5 }\n')).toHaveLength(2);
  });

  it('that is as warm as in summer while nobody heats, is told where sensitive people live', () => {
    const mild = (outdoorC: number) =>
      told(judge(among({ f1: () => ({ c: 24.8 }), ward: () => ({ c: 24.8 }) }), { outdoorC })).filter(
        (line) => /warm/.test(line),
      );
    expect(mild(12)).toEqual(['ward|warm firing']);
    expect(mild(10)).toEqual(['f1|warm firing', 'ward|warm firing']);
  });

  it('that is damp as the weather is, is not told', () => {
    const hardly = among({ f1: (): Air => ({ c: 21.5, pct: 76 }) });
    expect(told(judge(hardly, { outdoorC: 13 }))).toEqual([]);
    expect(told(judge(hardly, { outdoorC: 5 }))).toEqual(['f1|damp firing']);
    const damp = among({ f1: (): Air => ({ c: 22.5, pct: 82 }) });
    expect(told(judge(damp, { outdoorC: 17 }))).toEqual([]);
    expect(told(judge(damp, { outdoorC: 5 }))).toEqual(['f1|damp firing']);
  });

  it('whose sensor drifted away and comes back is neither warm, which sensor-drift tells, nor cold, nor a window', () => {
    const drifting = (hour: number): Air => ({
      c: 21.5 + (hour > 100 && hour < 220 ? (hour - 100) / 24 : 0),
    });
    const lines = told(judge(among({ f1: drifting }), { hours: 400 }));
    expect(lines).toEqual([]);
    const farther = (hour: number): Air => ({ c: 21.5 + (hour > 100 && hour < 340 ? (hour - 100) / 24 : 0) });
    expect(told(judge(among({ f1: farther }), { hours: 420 }))).toEqual([]);
    expect(told(judge(among({ ward: drifting }), { hours: 300 }))).toContain('ward|warm firing');
  });

  it('that is too warm on afternoons only is not told; day and night, it is', () => {
    const sunny = (hour: number): Air => ({ c: 23.2 + 1.6 * Math.sin((hour * Math.PI) / 12) });
    expect(told(judge(among({ f1: sunny })))).toEqual([]);
    expect(told(judge(among({ f1: (hour) => ({ c: (sunny(hour).c ?? 0) + 1 }) })))).toEqual([
      'f1|warm firing',
    ]);
  });

  it('whose heating is lost is told before it is too cold', () => {
    const cooling = (hour: number): Air => ({
      c: hour < 100 ? 21.5 : -2 + 23.5 * Math.exp(-(hour - 100) / 40),
    });
    const lines = told(judge(among({ f4: cooling }), { hours: 130 }));
    expect(lines[0]).toBe('f4|heatingLost firing');
  });

  it('that cools at night while nobody heats, or back to what it usually is, has lost no heating', () => {
    const cooling = (from: number) => (hour: number) => ({
      c: hour < 100 ? 21.5 : 10 + (from - 10) * Math.exp(-(hour - 100) / 40),
    });
    const lost = (flat: AirOf, outdoorC: number) =>
      told(judge(among({ f4: flat }), { hours: 112, outdoorC })).filter((line) => /Lost/.test(line));
    expect(lost(cooling(21.5), 8)).toEqual(['f4|heatingLost firing']);
    expect(lost(cooling(21.5), 13)).toEqual([]);
    const aired = (hour: number): Air => ({
      c: hour < 100 ? 21.5 : Math.max(8 + 17 * Math.exp(-(hour - 100) / 40), 21.6),
    });
    expect(lost(aired, 8)).toEqual([]);
  });

  it('that is silent for two days is no longer told', () => {
    const gone = (hour: number): Air => (hour < 120 ? { c: 18.5 } : {});
    expect(told(judge(among({ f1: gone })))).toEqual(['f1|cold firing', 'f1|cold resolved']);
  });
});

describe('a building', () => {
  const cold = falling(100, 160, 18.5);

  it('whose flats are cold is told once, with the coldest, instead of each flat', () => {
    const changes = judge(among({ f1: falling(100, 160, 18.2) }, cold));
    expect(told(changes)).toEqual(['b1|cold firing', 'b1|cold resolved']);
    const firing = changes.find(({ alert }) => alert.state === 'firing')?.alert;
    expect(firing?.facts).toMatchObject({ kind: 'cold', flats: 5, having: 5 });
    expect(firing?.facts.spaces).toEqual(['f1', 'f2', 'f3', 'f4', 'f5']);
  });

  it.each<[what: string, air: (n: number) => Air, says: string, facts: object]>([
    [
      'too warm',
      (n) => ({ c: 26 + n / 10 }),
      '5 of 5 flats of b1 are too warm',
      { value: 26.2, unit: '°C', spaces: ['f5', 'f4', 'f3', 'f2', 'f1'] },
    ],
    [
      'damp',
      (n) => ({ c: 21, pct: 78 + n }),
      '5 of 5 flats of b1 have damp air',
      { value: 80, unit: '%', spaces: ['f5', 'f4', 'f3', 'f2', 'f1'] },
    ],
    [
      'dry',
      (n) => ({ c: 21, pct: 3 + n / 2 }),
      '5 of 5 flats of b1 have drier air than the weather explains',
      { value: 4, unit: '%', spaces: ['f1', 'f2', 'f3', 'f4', 'f5'] },
    ],
    [
      'stale',
      (n) => ({ c: 21, ppm: 1700 + n }),
      '5 of 5 flats of b1 get too little fresh air',
      { value: 1702, unit: 'ppm', spaces: ['f5', 'f4', 'f3', 'f2', 'f1'] },
    ],
  ])('whose flats are %s says the median of that, and which have it most', (_, air, title, facts) => {
    const changes = judge(Object.fromEntries(flats.map((id, n) => [id, (): Air => air(n)])));
    const firing = changes.find(({ alert }) => alert.state === 'firing')?.alert;
    expect(firing).toMatchObject({ title, facts });
    const { value, unit } = firing?.facts ?? {};
    expect(firing?.detail).toContain(`their median is ${String(value)} ${String(unit)}. `);
  });

  it.each([
    ['f1 f2 f3', 'f4 f5 ward', ['f1|cold firing', 'f2|cold firing', 'f3|cold firing']],
    ['f1 f2 f3', 'f4 f5', ['b1|cold firing']],
    ['f1 f2', 'f3', ['f1|cold firing', 'f2|cold firing']],
  ])('where %s are cold and %s are not is told so: %j', (cold, warm, expected) => {
    const all = (ids: string, c: number) => ids.split(' ').map((id) => [id, (): Air => ({ c })] as const);
    const changes = judge(Object.fromEntries([...all(cold, 19), ...all(warm, 22.5)]), { hours: 40 });
    expect(told(changes)).toEqual(expected);
  });

  it.each<[what: string, outdoors: Readonly<Record<string, AirOf>>, outdoorC: number | undefined]>([
    ['its own', { b1: () => ({ c: -2 }), b2: () => ({ c: -4 }) }, -2],
    ['that of its area', { b2: () => ({ c: -4 }), b3: () => ({ c: -6 }), b9: () => ({ c: 10 }) }, -5],
    ['that of the organisation, where its area has none', { b9: () => ({ c: 10 }) }, 10],
    ['its own, which may be silent for a while', { b1: (hour) => (hour % 4 === 0 ? { c: -2 } : {}) }, -2],
    ['none that is older than three hours', { b1: (hour) => (hour < 1 ? { c: -2 } : {}) }, undefined],
    ['none', {}, undefined],
  ])('judges by %s of the thermometers outdoors', (_, outdoors, outdoorC) => {
    const ids = ['b1', 'b2', 'b3', 'b9'];
    const base = registerOf(
      ids.map((id) => ({ id, area: id === 'b9' ? 'z' : 'a', spaces: [{ id: 'f1', kind: 'flat' }] })),
      [
        { id: 'f1', model: 'kvarter', building: 'b1', space: 'f1', role: 'room' },
        ...ids.map((id) => ({ id: `out-${id}`, model: 'kvarter', building: id, role: 'outdoor' as const })),
      ],
    );
    const areas = [
      { id: 'a', name: 'A', buildings: ids.slice(0, 3) },
      { id: 'z', name: 'Z', buildings: ['b9'] },
    ];
    const alerting = createAlerting({
      rules: rulesOf('rules:\n  - type: comfort\n'),
      holds: { powerHoldMs: HOUR, registerGapMs: HOUR },
      register: () => ({ ...base, areas }),
      tariffs: new Map(),
    });
    for (let hour = 0; hour < 30; hour += 1) {
      const atMs = T0 + hour * HOUR;
      for (const [building, airOf] of Object.entries(outdoors)) {
        const { c } = airOf(hour);
        const point = { device: `out-${building}`, building, role: 'outdoor' } as const;
        // The mean of an hour counts.
        for (const [n, aside] of (c === undefined ? [] : [-1, 1]).entries())
          alerting.onReading(
            readingOf({ ...point, quantity: 'airTemperatureC' }, atMs + 1000 + n, (c ?? 0) + aside),
          );
      }
      const flat = { device: 'f1', role: 'room', space: 'f1', quantity: 'airTemperatureC' } as const;
      alerting.onReading(readingOf(flat, atMs + 2000, 17));
    }
    const firing = alerting.drain().changes.find(({ alert }) => alert.state === 'firing')?.alert;
    expect([firing?.facts.kind, firing?.facts.outdoorC]).toEqual(['cold', outdoorC]);
  });

  it('gives each flat its own limits', () => {
    const rules = '  - type: comfort\n    scope: { space: f1 }\n    parameters: { coldC: 16 }\n';
    const changes = judge(among({ f1: (): Air => ({ c: 17 }) }), { rules });
    expect(told(changes)).toEqual([]);
  });

  it('whose curve is set for one cold flat is told so', () => {
    const changes = judge(among({ f1: (): Air => ({ c: 20.2 }) }, (): Air => ({ c: 22.8 })));
    expect(told(changes)).toEqual(['b1|curve firing']);
    expect(changes[0]?.alert).toMatchObject({
      facts: { verdict: 'curveTooHigh', coldest: 'f1', coldestC: 20.2, value: 22.8 },
    });
    expect(changes[0]?.alert.detail).toContain('balance its radiators first');
  });

  it.each<[what: string, wrong: (c: number) => number]>([
    ['°F', (c) => c * 1.8 + 32],
    ['tenths', (c) => c / 10],
    ['0 in place of nothing', () => 0],
  ])('hears nothing of a flat whose sensor says %s for a week, then or afterwards', (_, wrong) => {
    const sensor: AirOf = (hour) => {
      const { c = 0 } = day(hour);
      return { c: hour >= 120 && hour < 288 ? wrong(c) : c };
    };
    expect(told(judge(among({ f2: sensor }), { hours: 480 }))).toEqual([]);
  });
});

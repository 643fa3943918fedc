import { describe, expect, it, test } from 'vitest';
import type { AlertChange } from '../../../src/domain/alert.ts';
import type { Quantity } from '../../../src/domain/quantity.ts';
import type { Reading, Role } from '../../../src/domain/reading.ts';
import type { Device, Register } from '../../../src/domain/register.ts';
import { createAlerting } from '../../../src/workers/alerting.ts';
import { knownBy, restore } from '../../support/alerting.ts';
import { readingOf, registerOf } from '../../support/readings.ts';
import { rulesOf } from '../../support/rules.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 15);
const register = registerOf(
  [{ id: 'b1' }, { id: 'b2' }],
  [
    { id: 'd', model: 'kvarter', building: 'b1' },
    { id: 'other', model: 'kvarter', building: 'b1' },
  ],
);

function alerting(registerNow: () => Register = () => register, rules?: string) {
  return createAlerting({
    rules: rulesOf(rules),
    holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
    register: registerNow,
    tariffs: new Map(),
  });
}

type Series = { quantity: Quantity; role?: Role; device?: string; channel?: string; values: string };

/**
 * Prometheus's notation: `5x3` is 5 three times, `_x10` is ten steps of silence, `20+0.1x5` is 20, 20.1, … five steps
 * further. One step is ten minutes.
 */
function readings({ quantity, role, device = 'd', channel, values }: Series): Reading[] {
  const steps = values.split(' ').flatMap((word) => {
    const [, start = '', by = '0', times = '1'] = /^(_|[\d.]+)(?:\+([\d.]+))?(?:x(\d+))?$/.exec(word) ?? [];
    if (start === '') throw new Error(`cannot read ${word}`);
    return Array.from({ length: Number(times) }, (_, i) =>
      start === '_' ? undefined : Number(start) + i * Number(by),
    );
  });
  return steps.flatMap((value, step) =>
    value === undefined
      ? []
      : [
          readingOf(
            { device, quantity, ...(role ? { role } : {}), ...(channel ? { channel } : {}) },
            T0 + step * 10 * MINUTE,
            value,
          ),
        ],
  );
}

function run(...series: readonly Series[]): AlertChange[] {
  const rules = alerting();
  for (const reading of series.flatMap(readings).toSorted((a, b) => a.atMs - b.atMs))
    rules.onReading(reading);
  return [...rules.drain().changes];
}

/** `stale firing 150` = the rule, the state, and minutes after T0. */
const told = (changes: readonly AlertChange[]) =>
  changes.map(({ alert, atMs }) => `${alert.rule} ${alert.state} ${(atMs - T0) / MINUTE}`);

const tick: Series = { quantity: 'illuminanceLux', device: 'other', values: '1+1x400' };

describe('each rule tells', () => {
  const cases: [says: string, series: Series[], told: string[]][] = [
    [
      'silence of more than four usual pauses, and the voice that comes back and falls silent again',
      [{ quantity: 'co2Ppm', values: '500+3x10 _x10 700' }, tick],
      ['stale firing 131', 'stale resolved 200', 'stale firing 241'],
    ],
    [
      'the silence of a meter once, not for each of its phases',
      [
        { quantity: 'activePowerW', values: '500+3x10' },
        { quantity: 'phasePowerW', channel: 'L1', values: '500+3x10' },
        { quantity: 'voltageV', channel: 'L2', values: '230+1x10' },
        tick,
      ],
      ['stale firing 131'],
    ],
    [
      'the silence of a device whose broker says that it has gone',
      [{ quantity: 'co2Ppm', values: '500+3x10' }, { quantity: 'online', values: '_x11 0' }, tick],
      ['stale firing 131'],
    ],
    [
      'nothing of a device that was never regular',
      [{ quantity: 'co2Ppm', values: '500 _ 510 _x30 520' }, tick],
      [],
    ],
    [
      'a cold flat after half an hour, and that it is warm again',
      [{ quantity: 'airTemperatureC', role: 'room', values: '20+0.1x5 7+0.1x6 9+0.1x6' }],
      ['out-of-range pending 50', 'out-of-range firing 80', 'out-of-range resolved 125'],
    ],
    [
      'nothing when a door was open for a moment',
      [{ quantity: 'airTemperatureC', role: 'room', values: '20+0.1x5 7 20+0.1x6' }],
      ['out-of-range pending 50', 'out-of-range resolved 60'],
    ],
    [
      'a sensor that is stuck, once it has shown that it moves',
      [{ quantity: 'co2Ppm', values: '500+5x40 800x40 600+5x3' }],
      ['flat-line firing 760', 'flat-line resolved 800'],
    ],
    ['nothing of a value that always rested', [{ quantity: 'co2Ppm', values: '500x200' }], []],
    [
      'a container that is full, from its second reading, until it is emptied',
      [{ quantity: 'fillLevelPct', role: 'container', values: '70 75 82 84 86 5 6' }],
      ['container-full firing 30', 'container-full resolved 60'],
    ],
    [
      'a container that may be on fire, at once',
      [{ quantity: 'airTemperatureC', role: 'container', values: '12x3 40 45 20 14' }],
      ['container-trouble firing 30', 'container-trouble resolved 50'],
    ],
    [
      'a leak that the meter itself tells of, until it takes that back',
      [{ quantity: 'leaking', values: '0x3 1x4 0x6' }],
      ['device-status firing 30', 'device-status resolved 85'],
    ],
    [
      'a refused packet once, and that it was the last for a day',
      [{ quantity: 'linkError', values: '1 _x5 1' }, tick],
      ['device-status firing 0', 'device-status resolved 1515'],
    ],
    [
      'nothing of a sensor that is faulty for a moment',
      [{ quantity: 'sensorError', values: '0x3 1x2 0x3' }],
      ['device-status pending 30', 'device-status resolved 50'],
    ],
    [
      'a container that is full when it is first heard, from its second reading',
      [{ quantity: 'fillLevelPct', role: 'container', values: '95 96' }],
      ['container-full firing 10'],
    ],
    [
      'a container that is tilted for a while, and nothing of what it says then',
      [
        { quantity: 'tilted', role: 'container', values: '0x2 1x3 0x2' },
        { quantity: 'fillLevelPct', role: 'container', values: '40 41 95x3 42 43' },
      ],
      ['device-status pending 20', 'device-status resolved 50'],
    ],
    [
      'nothing of one wrong echo',
      [{ quantity: 'fillLevelPct', role: 'container', values: '40 41 95 42 43' }],
      [],
    ],
  ];
  test.each(cases)('%s', (_, series, expected) => {
    expect(told(run(...series))).toEqual(expected);
  });
});

it('an alert of a full container says in the end that it was emptied, or only that it is over', () => {
  const ended = (values: string) => {
    const [, over] = run({ quantity: 'fillLevelPct', role: 'container', values });
    return [over?.alert.title, over?.alert.facts.emptied];
  };
  expect(ended('70 75 82 84 86 5 6')).toEqual([
    expect.stringMatching(/^Container .* has been emptied$/),
    true,
  ]);
  expect(ended('70 75 82 84 81 74 73 72')).toEqual([expect.stringMatching(/is 82 % full$/), false]);
});

describe('what is wrong with a container is said with what was measured', () => {
  const said = (quantity: Quantity, values: readonly number[], stepMinutes: number) => {
    const rules = alerting(() => register, 'rules:\n  - { type: container-trouble }');
    for (const [step, value] of values.entries()) {
      const about = { device: 'd', quantity, role: 'container' } as const;
      rules.onReading(readingOf(about, T0 + step * stepMinutes * MINUTE, value));
    }
    return rules.drain().changes.flatMap(({ alert }) => (alert.state === 'firing' ? [alert] : []));
  };
  const times = (count: number, of: (i: number) => number) => Array.from({ length: count }, (_, i) => of(i));
  const week = times(84, (i) => (i * 5) / 7 + (i % 3));

  it.each<[says: string, quantity: Quantity, values: readonly number[], stepMinutes: number]>([
    [
      'It is 40.5 °C under the lid, after 12.3 °C at the lowest in the last 150 minutes.',
      'airTemperatureC',
      [13, 12.34, 12.5, 40.46],
      10,
    ],
    ['Its level is 99 %.', 'fillLevelPct', [80, 99.4, 99.4, 99.4], 120],
    ['Of its newest 6 echoes 5 are bad.', 'fillLevelPct', [10, 11, 90, 11, 95, 12, 99, 13, 90], 120],
    // Ten minutes between two moves, and then 120 hours without one.
    [
      'It has not moved for 120 hours; 0.2 were the most before.',
      'fillLevelPct',
      [...times(12, (i) => 5 + 5 * i), ...times(721, () => 60)],
      10,
    ],
    // Emptied each day at midnight, where two echoes say so at two; then not until 30 hours after the next.
    [
      'The round is 30 hours late, and it is at 68 %; rounds are at most 24 hours apart.',
      'fillLevelPct',
      [...times(72, (i) => 2.5 * (i % 12)), ...times(29, (i) => 2.5 * i)],
      120,
    ],
    [
      'It leapt from 36 % to 70 %; from one level to the next bags add less than 12 percentage points.',
      'fillLevelPct',
      [...week, 35, 36, 70, 71, 71],
      120,
    ],
  ])('%s', (says, quantity, values, stepMinutes) => {
    const [first] = said(quantity, values, stepMinutes);
    expect(first?.detail.slice(0, says.length)).toBe(says);
  });

  it('and by how grave it is, with the numbers as facts', () => {
    const [fire] = said('airTemperatureC', [13, 12.34, 12.5, 40.46], 10);
    expect(fire?.severity).toBe('critical');
    const riseFacts = { fromC: 12.3, limitC: 65, limitRiseC: 25 };
    expect(fire?.facts).toEqual({ device: 'd', trouble: 'fire', temperatureC: 40.5, ...riseFacts });
    const [bulk] = said('fillLevelPct', [...week, 35, 36, 70, 71, 71], 120);
    expect(bulk?.severity).toBe('info');
    const leapFacts = { fromPct: 36, risePct: 34, limitRisePct: 12, timesLimit: 2.8 };
    expect(bulk?.facts).toMatchObject({ device: 'd', trouble: 'bulk', levelPct: 71, ...leapFacts });
    const [overfilled] = said('fillLevelPct', [80, 99.4, 99.4, 99.4], 120);
    expect(overfilled?.severity).toBe('warning');
    const blind = said(
      'sensorError',
      times(12, () => 1),
      60,
    );
    expect(blind.map(({ facts }) => facts)).toEqual([
      { device: 'd', trouble: 'fouled', badEchoes: 5, limitEchoes: 5 },
    ]);
    expect(
      said(
        'sensorError',
        times(12, () => 0),
        60,
      ),
    ).toEqual([]);
  });
});

it.each(['container-full', 'container-trouble'])(
  'of a container that has fallen over nothing counts that it says, and each of a device is one by itself: %s',
  (type) => {
    const rules = alerting(() => register, `rules:\n  - { type: ${type} }`);
    let minute = 0;
    const says = (quantity: Quantity, values: readonly number[], channel?: string) => {
      for (const value of values) {
        const about = { device: 'd', quantity, role: 'container', ...(channel && { channel }) } as const;
        minute += 10;
        rules.onReading(readingOf(about, T0 + minute * MINUTE, value));
      }
      return told(rules.drain().changes);
    };
    const full = [99, 99, 99];
    expect(says('fillLevelPct', [40, 41, 42])).toEqual([]);
    expect(says('tilted', [0, 1])).toEqual([]);
    expect(says('fillLevelPct', full)).toEqual([]);
    expect(says('fillLevelPct', full.slice(1), 'b')).toEqual(
      type === 'container-full' ? ['container-full firing 100'] : [],
    );
    expect(says('tilted', [0])).toEqual([]);
    expect(says('fillLevelPct', full)).toHaveLength(1);
  },
);

it.each([
  ['container', 1],
  [undefined, 1],
  ['room', 0],
] as const)('the level of what is a %s by the register is told %i times', (role, times) => {
  const rules = alerting(() => register, 'rules:\n  - { type: container-full }');
  for (let step = 0; step < 3; step += 1) {
    const about = { device: 'd', quantity: 'fillLevelPct', ...(role && { role }) } as const;
    rules.onReading(readingOf(about, T0 + step * MINUTE, 95));
  }
  expect(told(rules.drain().changes)).toHaveLength(times);
});

it('levels of a container that come late take their place in time, and one that comes again confirms nothing', () => {
  const levels = (all: readonly (readonly [minute: number, levelPct: number])[]) => {
    const rules = alerting();
    for (const [minute, levelPct] of all) {
      const about = { device: 'd', quantity: 'fillLevelPct', role: 'container' } as const;
      rules.onReading(readingOf(about, T0 + minute * MINUTE, levelPct));
    }
    return told(rules.drain().changes);
  };
  expect(
    levels([
      [0, 40],
      [20, 90],
      [20, 90],
    ]),
  ).toEqual([]);
  expect(
    levels([
      [0, 40],
      [20, 90],
      [10, 91],
    ]),
  ).toEqual(['container-full firing 20']);
  // What is older than three levels counts no more.
  expect(
    levels([
      [0, 82],
      [10, 84],
      [20, 86],
      [-10, 5],
      [-20, 5],
    ]),
  ).toEqual(['container-full firing 10']);
});

describe('event time', () => {
  const cold: Series = { quantity: 'airTemperatureC', role: 'room', values: '20+0.1x5 7+0.1x9' };

  it('is each building’s own: another building’s clock moves nothing', () => {
    const rules = alerting();
    for (const reading of readings(cold).slice(0, 6)) rules.onReading(reading);
    const far = readingOf({ device: 'x', quantity: 'co2Ppm', building: 'b2' }, T0 + 10 * 86_400_000, 1);
    rules.onReading(far);
    expect(told(rules.drain().changes)).toEqual(['out-of-range pending 50']);
  });

  it('moves on with the wall clock, less the grace, while a building is silent', () => {
    const rules = alerting();
    for (const reading of readings(cold).slice(0, 6)) rules.onReading(reading);
    rules.drain();
    rules.onTick(T0 + 80 * MINUTE);
    expect(told(rules.drain().changes)).toEqual([]);
    rules.onTick(T0 + 82 * MINUTE);
    expect(told(rules.drain().changes)).toEqual(['out-of-range firing 80']);
  });

  it.each([3 * 3_600_000, -3 * 3_600_000])(
    'does not take a clock that is set by %i ms for silence',
    (steppedMs) => {
      const rules = alerting();
      for (const reading of readings(cold).slice(0, 6)) rules.onReading(reading);
      rules.drain();
      rules.onTick(T0 + 60 * MINUTE + steppedMs, steppedMs);
      rules.onTick(T0 + 80 * MINUTE + steppedMs);
      expect(told(rules.drain().changes)).toEqual([]);
      rules.onTick(T0 + 82 * MINUTE + steppedMs);
      expect(told(rules.drain().changes)).toEqual(['out-of-range firing 80']);
    },
  );

  it('takes as silence what it listened to, before and after it was away, and no more', () => {
    const rules = alerting();
    for (const reading of readings({ quantity: 'co2Ppm', values: '500+3x10' })) rules.onReading(reading);
    const listen = (from: number, to: number) => {
      for (let minute = from; minute <= to; minute += 1) rules.onTick(T0 + minute * MINUTE);
      return told(rules.drain().changes);
    };
    // Silent since minute 90: for 20 minutes, an hour in which nobody listens, and what is missing of 41 minutes.
    expect(listen(91, 110)).toEqual([]);
    rules.onStart(T0 + 170 * MINUTE);
    expect(listen(171, 200)).toEqual(['stale firing 191']);
  });

  it('gives the same alerts with ticks between the readings as without', () => {
    const rules = alerting();
    for (const reading of readings(cold)) {
      rules.onTick(reading.atMs);
      rules.onReading(reading);
    }
    expect(rules.drain().changes).toEqual(run(cold));
  });

  it('is not moved back by a wall clock that jumps, nor told anything twice', () => {
    const rules = alerting();
    for (const reading of readings(cold).slice(0, 6)) rules.onReading(reading);
    rules.drain();
    for (const minute of [82, 20, -600, 82, 60, 83]) rules.onTick(T0 + minute * MINUTE);
    expect(told(rules.drain().changes)).toEqual(['out-of-range firing 80']);
    for (const reading of readings(cold).slice(6)) rules.onReading(reading);
    expect(told(rules.drain().changes)).toEqual([]);
  });

  it('goes on after a restart at any reading as if nothing had happened', () => {
    const series: Series[] = [
      cold,
      { quantity: 'co2Ppm', device: 'other', values: '500+5x40 800x40 600+5x3' },
    ];
    const all = series.flatMap(readings).toSorted((a, b) => a.atMs - b.atMs);
    const whole = run(...series);
    for (let cut = 0; cut < all.length; cut += 7) {
      const [before, after] = [alerting(), alerting()];
      for (const reading of all.slice(0, cut)) before.onReading(reading);
      const { changes } = before.drain();
      restore(after, knownBy(before));
      for (const reading of all.slice(cut)) after.onReading(reading);
      expect([...changes, ...after.drain().changes]).toEqual(whole);
    }
  });

  it('refuses a snapshot of another shape', () => {
    expect(() => alerting().restore(['rules', 1])).toThrow();
    expect(() => alerting().restore(['rule stale', ['b1', 1]])).toThrow();
  });
});

describe('a device that was replaced', () => {
  const silent: Series = { quantity: 'co2Ppm', values: '500+3x10' };
  const other: Series = { ...tick, values: '1+1x100 _x1 200+1x100' };
  const replacedAt = (minute: number): Device => ({
    id: 'd',
    model: 'kvarter',
    building: 'b1',
    replacedBy: 'other',
    countsToMs: T0 + minute * MINUTE,
  });
  const later = (changedAt: number, row: Device) => {
    let nowMs = T0;
    const changed = { ...register, devices: new Map([...register.devices, ['d', [row]]]) };
    const rules = alerting(() => (nowMs >= T0 + changedAt * MINUTE ? changed : register));
    for (const reading of [silent, other].flatMap(readings).toSorted((a, b) => a.atMs - b.atMs)) {
      nowMs = reading.atMs;
      rules.onReading(reading);
    }
    return told(rules.drain().changes);
  };

  it('is not missed', () => {
    expect(later(0, replacedAt(95))).toEqual([]);
  });

  it('is not waited for any more when it was missed before', () => {
    expect(later(500, replacedAt(480))).toEqual([
      'stale firing 131',
      expect.stringMatching(/^stale resolved /),
    ]);
  });
});

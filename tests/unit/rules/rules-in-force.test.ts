import { describe, expect, it } from 'vitest';
import type { AlertChange, Finding } from '../../../src/domain/alert.ts';
import { createGate } from '../../../src/rules/gate.ts';
import { type Alerting, createAlerting } from '../../../src/workers/alerting.ts';
import { knownBy, restore, useRules } from '../../support/alerting.ts';
import { readingOf, registerOf } from '../../support/readings.ts';
import { rulesOf } from '../../support/rules.ts';
import { finding } from '../alerts/findings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Monday, midnight in Stockholm, in the heating season. */
const T0 = Date.parse('2026-01-12T00:00+01:00');
const register = registerOf(
  [{ id: 'b1', spaces: [{ id: 'flat-1', kind: 'flat', name: 'Flat 1' }] }, { id: 'b2' }],
  [
    { id: 'd', model: 'kvarter', building: 'b1', role: 'room', space: 'flat-1' },
    { id: 'e', model: 'kvarter', building: 'b2', role: 'room' },
    { id: 'f', model: 'kvarter', building: 'b1', role: 'room' },
  ],
);
const points = {
  d: { device: 'd', quantity: 'airTemperatureC', role: 'room', space: 'flat-1' },
  e: { device: 'e', quantity: 'airTemperatureC', role: 'room', building: 'b2' },
} as const;

function alerting(rules: string): Alerting {
  return createAlerting({
    rules: rulesOf(rules),
    holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
    register: () => register,
    tariffs: new Map(),
  });
}

const cold = (fields: string) =>
  `rules:\n${fields
    .split('\n')
    .map((line) => `  - { type: out-of-range, for: 0, clear: 0, ${line} }`)
    .join('\n')}`;
const air = 'quantity: airTemperatureC';

function read(rules: Alerting, device: 'd' | 'e', hour: number, value: number): void {
  rules.onReading(readingOf(points[device], T0 + hour * HOUR, value));
}

/** `d firing 6.5`: device, state, hours after T0; and what ended it, if it was not its condition. */
const told = (changes: readonly AlertChange[]) =>
  changes.map(({ alert, atMs }) =>
    `${alert.device} ${alert.state} ${(atMs - T0) / HOUR} ${alert.closedBy ?? ''}`.trim(),
  );

describe('the most specific entry', () => {
  it.each([
    ['a building before all', `scope: { ${air} }, parameters: { min: 10 }`, 'building: b1'],
    [
      'a flat before its building',
      `scope: { ${air}, building: b1 }, parameters: { min: 10 }`,
      'space: flat-1',
    ],
    ['a device before its flat', `scope: { ${air}, space: flat-1 }, parameters: { min: 10 }`, 'device: d'],
    ['a role before none', `scope: { ${air} }, parameters: { min: 10 }`, 'role: room'],
    ['a building before a role', `scope: { ${air}, role: room }, parameters: { min: 10 }`, 'building: b1'],
    ['the organisation before none', `scope: { ${air} }, parameters: { min: 10 }`, 'organisation: o'],
  ])('holds: %s', (_what, general, special) => {
    const rules = alerting(cold(`${general}\nscope: { ${air}, ${special} }, parameters: { min: 20 }`));
    read(rules, 'd', 1, 15);
    expect(told(rules.drain().changes)).toEqual(['d firing 1']);
  });

  it('may switch a rule off where it holds', () => {
    const rules = alerting(
      cold(
        `scope: { ${air} }, parameters: { min: 20 }\nscope: { ${air}, building: b1 }, enabled: false, parameters: { min: 20 }`,
      ),
    );
    read(rules, 'd', 1, 15);
    read(rules, 'e', 1, 15);
    expect(told(rules.drain().changes)).toEqual(['e firing 1']);
  });

  it('does not concern entries of another name', () => {
    const rules = alerting(
      cold(
        `scope: { ${air} }, parameters: { min: 20 }\nname: frost, severity: critical, scope: { ${air}, building: b1 }, parameters: { min: 5 }`,
      ),
    );
    read(rules, 'd', 1, 4);
    expect(rules.drain().changes.map(({ alert }) => [alert.rule, alert.severity])).toEqual([
      ['out-of-range', 'warning'],
      ['frost', 'critical'],
    ]);
  });
});

describe('a schedule', () => {
  const scheduled = (schedule: string) =>
    alerting(cold(`scope: { ${air} }, parameters: { min: 20 }, schedule: { ${schedule} }`));
  const hours = (rules: Alerting, values: readonly number[], fromHour = 0) => {
    values.forEach((value, n) => {
      read(rules, 'd', fromHour + n, value);
    });
    return told(rules.drain().changes);
  };
  const coldDay = Array.from({ length: 30 }, () => 15);

  it('of hours begins and ends what holds', () => {
    expect(hours(scheduled('hours: 06:00-22:00'), coldDay)).toEqual(['d firing 6', 'd resolved 22 schedule']);
  });

  it('is not what ended an alert that held again within its clearing time', () => {
    const rules = alerting(
      cold(`scope: { ${air} }, parameters: { min: 20 }, schedule: { hours: 06:00-22:00 }`).replace(
        'clear: 0',
        'clear: 9 h',
      ),
    );
    const values = Array.from({ length: 48 }, (_, hour) => (hour < 34 ? 15 : 21));
    expect(hours(rules, values)).toEqual(['d firing 6', 'd resolved 43']);
  });

  it('of quiet hours puts off what is new, and lets go on what was told', () => {
    expect(hours(scheduled('quietHours: 22:00-06:00'), [...coldDay, 21])).toEqual([
      'd firing 6',
      'd resolved 30',
    ]);
  });

  it('forgets what is over when the quiet hours are', () => {
    expect(hours(scheduled('quietHours: 22:00-06:00'), [15, 15, 21, 21, 21, 21, 21, 21, 21])).toEqual([]);
  });

  it('of weekdays and seasons keeps to local days', () => {
    expect(hours(scheduled('weekdays: [tue-sun]'), coldDay)).toEqual(['d firing 24']);
    expect(hours(scheduled('season: heating'), [15])).toEqual(['d firing 0']);
    expect(hours(scheduled('season: other'), [15])).toEqual([]);
    const summer = (Date.parse('2026-07-01T00:00+02:00') - T0) / HOUR;
    expect(hours(scheduled('season: heating'), [15], summer)).toEqual([]);
    expect(hours(scheduled('season: other'), [15], summer)).toHaveLength(1);
    const lastOfApril = (Date.parse('2026-04-30T22:00+02:00') - T0) / HOUR;
    expect(hours(scheduled('season: heating'), [15, 15, 15, 15], lastOfApril)).toEqual([
      `d firing ${lastOfApril}`,
      `d resolved ${lastOfApril + 2} schedule`,
    ]);
  });

  it('that ends in the minute in which something is found again ends it', () => {
    const passed: boolean[] = [];
    const sink = { onFinding: ({ holds }: Finding) => passed.push(holds), onTick: () => undefined };
    const gate = createGate({ sink, register: () => register, isLookedAt: () => true });
    for (const hour of [21, 22]) {
      const schedule = { hours: [[6 * 60, 22 * 60] as const] };
      gate.onFinding(finding({ building: 'b1', atMs: T0 + hour * HOUR, schedule }));
    }
    gate.onTick('b1', T0 + 22 * HOUR);
    expect(passed).toEqual([true, false]);
  });

  it('is remembered across a restart', () => {
    const schedule = 'quietHours: 22:00-06:00';
    const before = scheduled(schedule);
    hours(before, [15, 15, 15]);
    const after = scheduled(schedule);
    restore(after, knownBy(before));
    expect(hours(after, [15, 15, 15, 15, 15], 3)).toEqual(['d firing 6']);
  });
});

describe('other rules while they run', () => {
  const general = `scope: { ${air} }, parameters: { min: 20 }`;
  const firing = () => {
    const rules = alerting(cold(general));
    read(rules, 'd', 1, 15);
    read(rules, 'e', 1, 15);
    rules.drain();
    return rules;
  };

  it('have what fires follow their schedule, where it had none as where it had another', () => {
    const scheduled = (schedule: string) => rulesOf(cold(`${general}, schedule: { ${schedule} }`));
    const rules = firing();
    useRules(rules, scheduled('hours: 06:00-22:00'));
    read(rules, 'd', 2, 15);
    expect(told(rules.drain().changes)).toEqual(['d resolved 1 schedule']);
    useRules(rules, scheduled('hours: 03:00-22:00'));
    read(rules, 'd', 4, 15);
    expect(told(rules.drain().changes)).toEqual(['d firing 3']);
    useRules(rules, scheduled('hours: 06:00-22:00'));
    read(rules, 'd', 5, 15);
    useRules(rules, rulesOf(cold(general)));
    read(rules, 'd', 5.5, 15);
    expect(told(rules.drain().changes)).toEqual(['d resolved 4 schedule', 'd firing 5']);
  });

  it('leave alone what they still ask for', () => {
    const rules = firing();
    useRules(rules, rulesOf(cold(`${general}\nname: frost, scope: { ${air} }, parameters: { min: 5 }`)));
    expect(told(rules.drain().changes)).toEqual([]);
    read(rules, 'd', 2, 21);
    expect(told(rules.drain().changes)).toEqual(['d resolved 2']);
  });

  it('end what they do not ask for any more', () => {
    const rules = firing();
    useRules(rules, rulesOf(cold(`scope: { ${air}, building: b2 }, parameters: { min: 20 }`)));
    expect(told(rules.drain().changes)).toEqual(['d resolved 1 rules']);
    useRules(rules, rulesOf('rules: []'));
    expect(told(rules.drain().changes)).toEqual(['e resolved 1 rules']);
  });

  it('tell anew what is graver by them', () => {
    const states = () =>
      rules.drain().changes.map(({ alert }) => `${alert.device} ${alert.severity} ${alert.renewed?.from}`);
    const rules = firing();
    useRules(rules, rulesOf(cold(`${general}, severity: critical`)));
    expect(states()).toEqual(['d critical warning', 'e critical warning']);
    useRules(rules, rulesOf(cold(`${general}, severity: info`)));
    const { changes, refreshed } = rules.drain();
    expect([changes, refreshed.map(({ severity }) => severity)]).toEqual([[], ['info', 'info']]);
  });

  it('tell an hour later again what still holds when they ask for it again', () => {
    const off = rulesOf(cold(`${general}, enabled: false`));
    const states = (values: readonly number[]) => {
      const rules = firing();
      useRules(rules, off);
      read(rules, 'd', 2, 15);
      useRules(rules, rulesOf(cold(general)));
      values.forEach((value, n) => {
        read(rules, 'd', 2.5 + n / 2, value);
      });
      return told(rules.drain().changes).filter((one) => one.startsWith('d'));
    };
    expect(states([15, 15, 15, 15])).toEqual(['d resolved 1 rules', 'd firing 3']);
    expect(states([15, 21, 21, 21])).toEqual(['d resolved 1 rules']);
  });

  it('do not take for silence that they did not listen', () => {
    const rules = alerting('rules:\n  - { type: stale }');
    const [stale, off] = [
      rulesOf('rules:\n  - { type: stale }'),
      rulesOf('rules:\n  - { type: stale, enabled: false }'),
    ];
    const DAY = 24;
    for (let hour = 0; hour < 20 * DAY; hour += 1) {
      if (hour === 6 * DAY) useRules(rules, off);
      if (hour === 14 * DAY + 3) useRules(rules, stale);
      // It speaks twice a day, until it falls silent.
      if (hour % 12 === 0 && hour < 16 * DAY) read(rules, 'd', hour, 20);
      rules.onReading(readingOf({ ...points.d, device: 'f' }, T0 + hour * HOUR, 20));
    }
    const days = rules
      .drain()
      .changes.map(({ alert, atMs }) => [alert.device, Math.floor((atMs - T0) / HOUR / DAY)]);
    expect(days).toEqual([['d', 17]]);
  });

  it('judge by the new limits, with what was learned', () => {
    const rules = firing();
    useRules(rules, rulesOf(cold(`scope: { ${air} }, parameters: { min: 10 }`)));
    expect(told(rules.drain().changes)).toEqual([]);
    read(rules, 'd', 2, 15.1);
    expect(told(rules.drain().changes)).toEqual(['d resolved 2']);
  });

  it('are in the snapshot: what is restored goes on by the rules of then', () => {
    const before = firing();
    useRules(before, rulesOf(cold(`scope: { ${air} }, parameters: { min: 16 }`)));
    const after = alerting('rules: []');
    restore(after, knownBy(before));
    read(after, 'd', 2, 17);
    expect(told(after.drain().changes)).toEqual(['d resolved 2']);
  });

  it('forget what is held back by a rule that is gone', () => {
    const rules = alerting(cold(`${general}, schedule: { quietHours: 22:00-06:00 }`));
    read(rules, 'd', 1, 15);
    useRules(rules, rulesOf('rules: []'));
    read(rules, 'd', 7, 15);
    expect(told(rules.drain().changes)).toEqual([]);
  });
});

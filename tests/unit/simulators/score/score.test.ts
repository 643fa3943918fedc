import { describe, expect, it } from 'vitest';
import { findable } from '../../../../simulators/score/findable.ts';
import { score } from '../../../../simulators/score/score.ts';
import type { ScoredAlert, TrueEvent } from '../../../../simulators/score/scored.ts';
import { events, physicalFaults, sensorFaults } from '../../../../simulators/truth.ts';

const at = (hour: number) => Date.UTC(2026, 0, 15, 0, hour * 60);
const iso = (hour: number) => new Date(at(hour)).toISOString();
const event = (kind: string, subject: string, from: number, to: number | null): TrueEvent => ({
  kind,
  building: 'b1',
  subject,
  from: iso(from),
  to: to === null ? null : iso(to),
});
let ids = 0;
const alert = (rule: string, subject: string, hour: number, more: Partial<ScoredAlert> = {}): ScoredAlert => {
  ids += 1;
  const endedMs = Number.POSITIVE_INFINITY;
  return { id: `a${ids}`, rule, building: 'b1', subject, firedMs: at(hour), endedMs, facts: {}, ...more };
};
const scored = (truth: TrueEvent[], alerts: ScoredAlert[], averted: TrueEvent[] = []) =>
  score({ truth, alerts, averted, buildings: 2, months: 3 });

describe('a score', () => {
  it('counts what was found and what was not, and alerts without a cause', () => {
    const result = scored(
      [event('missing', 'm1', 2, 6), event('missing', 'm2', 2, 6)],
      [alert('stale', 'm1|activePowerW|', 3), alert('stale', 'm3|activePowerW|', 3)],
    );
    expect(result.rules).toEqual([
      {
        rule: 'stale',
        alerts: 2,
        trueAlerts: 1,
        falseAlerts: 1,
        precision: 0.5,
        falsePerBuildingMonth: 1 / 6,
        events: 2,
        found: 1,
        recall: 0.5,
        medianLeadMinutes: 180,
        medianDelayMinutes: 60,
      },
    ]);
    expect(result.kinds).toEqual([
      expect.objectContaining({ kind: 'missing', events: 2, found: 1, recall: 0.5, rules: ['stale'] }),
    ]);
    expect(result.total).toMatchObject({
      found: 1,
      recall: 0.5,
      precision: 0.5,
      falsePerBuildingMonth: 1 / 6,
    });
  });

  it('takes an alert about several buildings for one in each of them', () => {
    const elsewhere = { ...event('missing', 'm2', 2, 6), building: 'b2' };
    const facts = { buildings: ['b1', 'b2'] };
    const whole = alert('stale', 'organisation:o/cloud', 3, { building: 'organisation:o', facts });
    const { total } = scored([event('missing', 'm1', 2, 6), elsewhere], [whole]);
    expect(total).toMatchObject({ found: 2, alerts: 1, trueAlerts: 1 });
  });

  it('takes faults of a kind that overlap in one place for one, and peaks and full containers not', () => {
    const lost = (from: number, to: number | null) => event('night-setback-failing', 'radiators', from, to);
    const { kinds } = scored(
      [
        lost(60, null),
        lost(2, 40),
        lost(30, 50),
        event('billed-peak', 'electricity', 2, 3),
        event('billed-peak', 'electricity', 3, 4),
      ],
      [alert('night-setback', 'b1', 10)],
    );
    expect(kinds.map(({ kind, events: some, found }) => [kind, some, found])).toEqual([
      ['billed-peak', 2, 0],
      ['night-setback-failing', 2, 1],
    ]);
  });

  it('counts no alert that is held back, and what it would have found when the one that is told is about that', () => {
    const truth = [event('offset', 'r1', 2, 20)];
    const held = alert('sensor-drift', 'b1/f1', 9, { heldFor: 'told' });
    const told = (subject: string, firedHour: number) => alert('comfort', subject, firedHour, { id: 'told' });
    const { rules, total } = scored(truth, [told('b1/f1', 5), held]);
    expect(rules.map(({ rule, alerts }) => [rule, alerts])).toEqual([['comfort', 1]]);
    expect(total).toMatchObject({ alerts: 1, falseAlerts: 0, found: 1 });
    // What is told is about something else.
    expect(scored(truth, [told('b1/f1', 1), held]).total).toMatchObject({ falseAlerts: 1, found: 0 });
    expect(scored(truth, [held]).total).toMatchObject({ alerts: 0, found: 0 });
  });

  it('counts several alerts about one fault as right, and the fault once, from the first', () => {
    const result = scored(
      [event('stuck-value', 'r1', 2, null)],
      [alert('flat-line', 'r1|airTemperatureC|', 9), alert('flat-line', 'r1|co2Ppm|', 8)],
    );
    expect(result.rules[0]).toMatchObject({ trueAlerts: 2, found: 1, medianLeadMinutes: null });
    expect(result.rules[0]?.medianDelayMinutes).toBe(360);
  });

  it('leaves out what comes before the time that is scored, and knows of it for later alerts', () => {
    const truth = [event('missing', 'm1', 2, 6), event('missing', 'm2', 12, 16)];
    const alerts = [3, 5, 13].map((hour) => alert('stale', `m${hour > 9 ? 2 : 1}|activePowerW|`, hour));
    const result = score({ truth, alerts, fromMs: at(4), buildings: 2, months: 3 });
    expect(result.rules).toMatchObject([{ alerts: 2, trueAlerts: 2, events: 1, found: 1 }]);
  });

  it('does not ask for what moved nothing that is measured, and takes an alert about it for right', () => {
    const truth = [
      { ...event('swapped-sensors', 'r1+r2', 2, 9), effect: 0.4 },
      { ...event('swapped-sensors', 'r3+r4', 2, 9), effect: 1 },
    ];
    const result = scored(truth, [alert('swapped-sensors', 'b1/flat', 8, { facts: { device: 'r1' } })]);
    expect(result).toMatchObject({ unseen: 1, total: { events: 1, found: 0, falseAlerts: 0 } });
  });

  it('says nothing of shares of nothing', () => {
    expect(scored([], []).total).toMatchObject({ recall: null, precision: null, falsePerBuildingMonth: 0 });
    expect(scored([event('missing', 'm1', 2, 3)], []).kinds[0]).toMatchObject({ recall: 0, rules: [] });
  });

  it('lets each rule answer for its own kinds, and a rule without a row for all', () => {
    const truth = [event('water-leak', 'cold', 2, 6)];
    expect(scored(truth, [alert('flat-line', 'w1|waterVolumeL|', 3)]).total.found).toBe(0);
    expect(scored(truth, [alert('a-new-rule', 'w1|waterVolumeL|', 3)]).kinds[0]?.rules).toEqual([
      'a-new-rule',
    ]);
  });

  it('takes an excused alert for no false one, and the fault as not found by it', () => {
    const truth = [event('heating-curve-wrong', 'radiators', 2, 6)];
    const { total } = scored(truth, [alert('out-of-range', 'r1|airTemperatureC|', 4)]);
    expect(total).toMatchObject({ trueAlerts: 1, falseAlerts: 0, found: 0 });
  });

  it('matches a peak by its window, however early it was told, and knows what was averted', () => {
    const window = (from: number) => ({
      from: iso(from),
      to: iso(from + 1),
      toldAt: iso(from + 0.5),
      chance: 0.2,
    });
    const peaks = (...from: number[]) => ({ facts: { component: 'main', windows: from.map(window) } });
    const truth = [event('billed-peak', 'electricity', 17, 18)];
    const told = [
      alert('peak-guard', 'b1/x/17', 15.5, peaks(15, 17)),
      alert('peak-guard', 'b1/x/19', 19.5, peaks(19)),
      alert('peak-guard', 'b1/y/17', 17.2, peaks(16)),
    ];
    expect(scored(truth, told).rules[0]).toMatchObject({ trueAlerts: 1, found: 1, medianLeadMinutes: 30 });
    const averted = [event('billed-peak', 'electricity', 19, 20)];
    expect(scored(truth, told, averted).rules[0]).toMatchObject({ trueAlerts: 2, events: 1, found: 1 });
  });

  it('knows peaks of heat from those of electricity', () => {
    const window = { from: iso(0), to: iso(24), toldAt: iso(16), chance: 0.4 };
    const peaks = { facts: { component: 'power', windows: [window] } };
    const truth = [event('billed-heat-peak', 'heat', 0, 24)];
    const told = ['heat-peak-guard', 'peak-guard'].map((rule) => alert(rule, `b1/${rule}/0`, 16, peaks));
    const { rules } = scored(truth, told);
    expect(rules.map(({ rule, trueAlerts, found }) => [rule, trueAlerts, found])).toEqual([
      ['heat-peak-guard', 1, 1],
      ['peak-guard', 0, 0],
    ]);
    expect(rules[0]?.medianLeadMinutes).toBe(8 * 60);
  });

  it('takes a warning that is still there when it comes to pass, and no other early one', () => {
    const truth = [event('container-full', 'c1', 5, 8), event('missing', 'm1', 5, 8)];
    const warned = alert('container-full', 'c1|fillLevelPct|', 3);
    const over = alert('container-full', 'c1|fillLevelPct|', 1, { endedMs: at(2) });
    const tooEarly = alert('stale', 'm1|airTemperatureC|', 3);
    const { rules } = scored(truth, [warned, over, tooEarly]);
    expect(rules.map(({ trueAlerts }) => trueAlerts)).toEqual([1, 0]);
  });

  it('tells flats, containers and swapped sensors apart', () => {
    const flat = (space: string) =>
      alert('out-of-range', 'r1|airTemperatureC|', 3, { facts: { device: 'r1', space } });
    const found = (truth: TrueEvent, told: ScoredAlert) => scored([truth], [told]).total.found;
    expect(found(event('radiator-valve-stuck-closed', 'lgh-1', 2, 6), flat('lgh-1'))).toBe(1);
    expect(found(event('radiator-valve-stuck-closed', 'lgh-1', 2, 6), flat('lgh-2'))).toBe(0);
    expect(found(event('swapped-sensors', 'r1+r2', 2, 6), alert('some', 'r2|co2Ppm|', 3))).toBe(1);
    expect(found(event('swapped-sensors', 'r1+r2', 2, 6), alert('some', 'r3|co2Ppm|', 3))).toBe(0);
  });
});

it('names only kinds that exist in the table of what can be found', () => {
  const kinds = [physicalFaults, sensorFaults, events].flatMap(Object.keys);
  for (const { kinds: sought, alsoTrue = [] } of Object.values(findable)) {
    expect(kinds).toEqual(expect.arrayContaining([...sought, ...alsoTrue]));
  }
});

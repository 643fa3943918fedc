import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Part, ruleAndBuildingOf } from '../../../src/rules/engine.ts';
import { ruleSetFrom } from '../../../src/rules/rule-file.ts';
import {
  type AlertingContext,
  createAlerting,
  type Lost,
  openAlerting,
} from '../../../src/workers/alerting.ts';
import { openSnapshotFiles } from '../../../src/workers/snapshot-files.ts';
import { knownBy } from '../../support/alerting.ts';
import { rulesOf } from '../../support/rules.ts';
import { troubledDays } from '../rules/days/troubled-days.ts';

/** As commit 86c39ab kept it in the state database, after half of these days and a tick, with four types of rules. */
const text = readFileSync(join(import.meta.dirname, '../../fixtures/rules-snapshot-2026-11.txt'), 'utf8');
const { readings, register } = troubledDays();
const half = Math.floor(readings.length / 2);
const tickMs = (readings[half - 1]?.atMs ?? 0) + 60_000;

const contextOf = (rules: AlertingContext['rules']): AlertingContext => ({
  rules,
  holds: { powerHoldMs: 15 * 60_000, registerGapMs: 180 * 60_000 },
  register: () => register,
  tariffs: new Map(),
});
const keptAs = (kept: string) =>
  openSnapshotFiles({ dir: '/', text: kept, synced: async () => undefined }).kept();

it('what a version kept in one text goes on as if nothing had happened', async () => {
  const whole = createAlerting(contextOf(ruleSetFrom(JSON.parse(text).rules)));
  for (const reading of readings.slice(0, half)) whole.onReading(reading);
  whole.onTick(tickMs);
  whole.drain();
  const restored = await openAlerting(contextOf(rulesOf('rules: []')), keptAs(text), ({ error }) => {
    throw error;
  });
  expect(knownBy(restored)).toEqual(knownBy(whole));
  for (const alerting of [whole, restored]) {
    for (const reading of readings.slice(half)) alerting.onReading(reading);
  }
  const told = JSON.stringify(restored.drain());
  expect(told).toBe(JSON.stringify(whole.drain()));
  expect(JSON.parse(told).changes.length).toBeGreaterThan(10);
});

it.each([
  ['a text that is cut off', text.slice(0, -100)],
  ['another shape', '{"engine":1}'],
  ['another version’s state', '{"engine":{"clocks":[["b1",1]],"rules":{}},"book":[]}'],
])('is told as lost, and the rules start afresh: %s', async (_what, kept) => {
  const lost: Lost[] = [];
  const alerting = await openAlerting(contextOf(rulesOf()), keptAs(kept), (part) => lost.push(part));
  expect(lost).toEqual([{ buildings: [], error: expect.any(Error) }]);
  expect(knownBy(alerting)).toEqual(knownBy(createAlerting(contextOf(rulesOf()))));
});

it('a rule that cannot use what it has learned of a building learns that anew, and all others go on', async () => {
  const rules = rulesOf();
  const whole = createAlerting(contextOf(rules));
  for (const reading of readings.slice(0, half)) whole.onReading(reading);
  const open = new Map(whole.drain().changes.map(({ alert }) => [alert.id, alert]));
  const firing = [...open.values()].filter(({ state }) => state === 'firing');
  const { rule = '', building = '' } = firing.find((alert) => alert.building === 'b1') ?? {};
  const isLost = (about: { rule: string; building?: string }) =>
    about.rule === rule && about.building === building;
  expect(firing.filter(isLost)).not.toHaveLength(0);
  expect(firing.filter((alert) => alert.rule === rule && !isLost(alert))).not.toHaveLength(0);

  const lost: Lost[] = [];
  const isLostPart = (part: Part) => isLost({ rule: '', ...ruleAndBuildingOf(part) });
  const kept = knownBy(whole).map((part): Part => (isLostPart(part) ? [part[0], [building, 7]] : part));
  const restored = await openAlerting(contextOf(rules), kept, (part) => lost.push(part));
  expect(lost).toEqual([{ rule, buildings: [building], error: expect.any(Error) }]);
  const ofRules = (part: Part) => ruleAndBuildingOf(part) !== undefined && !isLostPart(part);
  expect(knownBy(restored).filter(ofRules)).toEqual(knownBy(whole).filter(ofRules));

  const ended = restored.drain().changes.map(({ alert: { id, state, closedBy } }) => [id, state, closedBy]);
  expect(ended).toEqual(firing.filter(isLost).map(({ id }) => [id, 'resolved', 'restart']));
  for (const reading of readings.slice(half)) restored.onReading(reading);
  expect(restored.drain().changes.map(({ alert }) => alert.closedBy)).not.toContain('restart');
});

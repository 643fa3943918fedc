import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ruleSetFrom } from '../../../src/rules/rule-file.ts';
import { type AlertingContext, createAlerting, openAlerting } from '../../../src/workers/alerting.ts';
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
  const restored = await openAlerting(contextOf(rulesOf('rules: []')), keptAs(text), (error) => {
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
  const lost: unknown[] = [];
  const alerting = await openAlerting(contextOf(rulesOf()), keptAs(kept), (error) => lost.push(error));
  expect(lost).toHaveLength(1);
  expect(knownBy(alerting)).toEqual(knownBy(createAlerting(contextOf(rulesOf()))));
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lifeJson } from '../../../src/alerts/alert-json.ts';
import { parseRules } from '../../../src/config/rules.ts';
import type { Alert } from '../../../src/domain/alert.ts';
import { ruleTypes } from '../../../src/rules/definitions.ts';
import { createAlerting } from '../../../src/workers/alerting.ts';
import { everythingMeasured } from '../rules/everything-measured.ts';
import { become, T0 } from './findings.ts';

const read = parseRules(
  'rules.yaml',
  readFileSync(join(import.meta.dirname, '../../../config/rules.yaml'), 'utf8'),
);
if (!read.ok) throw new Error('config/rules.yaml is wrong');
const { rules } = read;

/** An alert of each rule that a building brings forth in which all is measured and much goes wrong. */
function alertsOfAll(): ReadonlyMap<string, Alert> {
  const { readings, register } = everythingMeasured(rules);
  const holds = { powerHoldMs: 3_600_000, registerGapMs: 10_800_000 };
  const alerting = createAlerting({ rules, register: () => register, holds, tariffs: new Map() });
  for (const reading of readings) alerting.onReading(reading);
  const fired = alerting.drain().changes.filter(({ alert }) => alert.state === 'firing');
  return new Map(fired.map(({ alert }) => [alert.rule, alert]));
}

describe('what an alert rests on', () => {
  it('is said by every rule that fires: what, since when, how sure, values, and what to do', () => {
    const alerts = alertsOfAll();
    const silent = ruleTypes.map(({ type }) => type).filter((type) => !alerts.has(type));
    // Which rules these readings cannot wake is said, not passed over.
    if (silent.length > 0)
      console.warn(`evidence: NOT CHECKED for ${silent.join(', ')}: nothing of them fires`);
    expect(alerts.size).toBeGreaterThanOrEqual(6);
    for (const [rule, alert] of alerts) {
      const told = lifeJson(alert, {}, { nowMs: T0, publicUrl: 'https://kvarter.example.se/' });
      expect(told, rule).toMatchObject({
        title: expect.stringMatching(/\S{3}/),
        startsAt: expect.stringMatching(/^\d{4}-.*Z$/),
        detail: expect.stringMatching(/\S+ \S+ \S+.*\./s),
        link: `https://kvarter.example.se/api/v1/alerts/${alert.id}`,
        evidence: { sure: { says: expect.stringMatching(/\w{3}/) } },
      });
      expect(Object.keys(told.facts).length, rule).toBeGreaterThan(0);
    }
  });

  it.each([
    [{ chance: 0.42, projectedKw: 90, budgetKw: 70 }, 42, /chance of 42 %/, ['projectedKw'], ['budgetKw']],
    [
      { value: 12, usual: 3, spreads: 6.2, days: 2 },
      undefined,
      /6.2 times.*2 days in a row/,
      ['value'],
      ['usual'],
    ],
    [{ value: 12, limit: 15 }, undefined, /held for 2 minutes/, ['value'], ['limit']],
    [
      { value: 19, minC: 20, maxC: 24, othersC: 21 },
      undefined,
      /measured/,
      ['value'],
      ['minC', 'maxC', 'othersC'],
    ],
    [{ nights: 4 }, undefined, /^seen on 4 days in a row/, ['nights'], []],
  ])('is read from its facts: %j', (facts, pct, says, values, expected) => {
    const { evidence, link } = lifeJson(become('firing', { facts }).alert, {}, { nowMs: T0 });
    expect(evidence.sure.pct).toBe(pct);
    expect(evidence.sure.says).toMatch(says);
    expect(Object.keys(evidence.values)).toEqual(expect.arrayContaining(values));
    expect(Object.keys(evidence.expected)).toEqual(expected);
    expect(link).toBeUndefined();
  });
});

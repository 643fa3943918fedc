import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTemplates } from '../../../src/config/templates.ts';
import { sayAlert } from '../../../src/delivery/say-alert.ts';
import { sayEvidence } from '../../../src/delivery/say-evidence.ts';
import type { Alert } from '../../../src/domain/alert.ts';
import type { Register } from '../../../src/domain/register.ts';
import { ruleTypes } from '../../../src/rules/definitions.ts';
import { createAlerting } from '../../../src/workers/alerting.ts';
import { serviceTexts } from '../../../src/workers/service-troubles.ts';
import { rulesOf } from '../../support/rules.ts';
import { troubledDays } from '../rules/days/troubled-days.ts';
import { everythingMeasured } from '../rules/everything-measured.ts';

const root = join(import.meta.dirname, '../../..');
const wording = loadTemplates(join(root, 'config/templates')).get('sv')!;
const rules = rulesOf(readFileSync(join(root, 'config/rules.yaml'), 'utf8'));

function alertsOf({
  readings,
  register,
}: {
  readings: ReturnType<typeof troubledDays>['readings'];
  register: Register;
}) {
  const alerting = createAlerting({
    rules,
    holds: { powerHoldMs: 900_000, registerGapMs: 10_800_000 },
    register: () => register,
    tariffs: new Map(),
  });
  for (const reading of readings) alerting.onReading(reading);
  return alerting.drain().changes.map(({ alert }) => alert);
}

const said = (alert: Alert) => {
  const type = rules.entries.find(({ name }) => name === alert.rule)?.type ?? alert.rule;
  return sayAlert(alert, { wording, type, building: 'Hus 1', time: (atMs) => new Date(atMs).toISOString() });
};

test('what the rules tell of troubled days is said in Swedish, with all its facts', () => {
  const alerts = [...alertsOf(troubledDays()), ...alertsOf(everythingMeasured(rules))];
  const types = new Set(alerts.map(({ rule }) => rule));
  expect(types.size).toBeGreaterThan(8);
  const english = alerts.filter((alert) => said(alert).title === alert.title);
  expect(english.map(({ rule, facts }) => `${rule} ${Object.keys(facts).join()}`)).toEqual([]);
});

test('every type of rule has Swedish words', () => {
  expect(ruleTypes.map(({ type }) => type).filter((type) => !wording.words.alerts[type])).toEqual([]);
});

test('every trouble of kvarter itself has Swedish words', () => {
  const [alert] = alertsOf(troubledDays());
  for (const trouble of [...Object.keys(serviceTexts), 'load']) {
    const own = {
      ...alert!,
      rule: 'service',
      subject: 'broker site',
      facts: { trouble, says: 'ECONNREFUSED' },
    };
    const { title, detail } = said(own);
    expect(title, trouble).not.toBe(alert!.title);
    expect(detail, trouble).toMatch(/^ECONNREFUSED\. .{30}/);
  }
});

test('prices that end are told with what is done meanwhile', () => {
  const [alert] = alertsOf(troubledDays());
  const facts = { trouble: 'tariff', tariff: 'of-2026', from: '2027-01-01', places: 'Hus 1' };
  const { title, detail } = said({ ...alert!, rule: 'service', facts });
  expect(title).toBe('Priserna i tariffen of-2026 tar slut');
  expect(detail).toContain('Från och med 2027-01-01 har den inga priser (Hus 1).');
});

test('a limit that cannot be kept is told by the name of its area', () => {
  const [alert] = alertsOf(troubledDays());
  const facts = { trouble: 'limit', area: 'a', areaName: 'Norrliden', missingKw: 14, projectedKw: 74 };
  const told = { ...alert!, rule: 'service', facts: { ...facts, limitKw: 60, by: 'Energy AB', to: 'kl 18' } };
  expect(said(told).title).toBe('Lasterna räcker inte för gränsen: Norrliden saknar 14 kW');
  expect(sayEvidence(told, wording, String).measured).toContain('saknas 14 kW');
});

test('sensors that changed places are told by the quantity that gave them away', () => {
  const [alert] = alertsOf(troubledDays());
  const facts = {
    since: 'i går',
    other: 'lgh-2',
    quantity: 'co2Ppm',
    usual: 199.8,
    value: -111.1,
    unit: 'ppm',
  };
  const { quantity: _, ...exchanged } = { ...alert!, rule: 'swapped-sensors', space: 'lgh-1', facts };
  expect(said(exchanged).detail).toContain(
    'Koldioxid: skillnaden mellan lgh-1 och lgh-2 var 199,8 ppm och är nu −111,1 ppm',
  );
});

test('what no words fit is said as the rule said it', () => {
  const [alert] = alertsOf(troubledDays());
  const strange = { ...alert!, rule: 'my-own', facts: {} };
  expect(said(strange)).toMatchObject({ title: alert!.title, detail: alert!.detail });
});

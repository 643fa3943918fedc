import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeJson, lifeJson } from '../../../src/alerts/alert-json.ts';
import { loadTemplates } from '../../../src/config/templates.ts';
import { sayAlert } from '../../../src/delivery/say-alert.ts';
import { sayEvidence } from '../../../src/delivery/say-evidence.ts';
import { ruleTypes } from '../../../src/rules/definitions.ts';
import { ownFindings } from '../rules/own-findings.ts';
import { become, T0 } from './findings.ts';

const wordings = loadTemplates(join(import.meta.dirname, '../../../config/templates'));
const link = 'https://kvarter.example.se/api/v1/alerts/{id}';
const time = (atMs: number) => new Date(atMs).toISOString();

describe('what an alert rests on', () => {
  it.each(ruleTypes.map(({ type }) => type))('is said by %s', (type) => {
    const change = ownFindings(type).find(({ alert }) => alert.state === 'firing');
    if (!change) throw new Error(`nothing of ${type} fires: give it a line in rules/own-findings.ts`);
    const { alert } = change;
    expect(changeJson(change, link)).toMatchObject({
      title: expect.stringMatching(/\S{3}/),
      startsAt: expect.stringMatching(/^\d{4}-.*Z$/),
      link: `https://kvarter.example.se/api/v1/alerts/${alert.id}`,
      evidence: { sure: { says: expect.stringMatching(/\w{3}/) } },
    });
    // What is wrong, and after it what to do first.
    expect(alert.detail).toMatch(/[.:;] \S.*\S[.!]$/s);
    expect(Object.keys(alert.facts).length).toBeGreaterThan(0);
    expect(alert.title + alert.detail, 'numbers are rounded').not.toMatch(/\d\.\d{4}/);

    for (const [language, wording] of wordings) {
      const said = sayAlert(alert, { wording, type, building: 'Hus 1', time });
      const rests = sayEvidence(alert, wording, time);
      expect(said.title).toMatch(/\S{3}/);
      expect(rests.sure).toMatch(/\S{3}/);
      if (language === 'en') continue;
      expect(said.title, `config/templates/${language}/words.yaml lacks words`).not.toBe(alert.title);
      expect(said.detail.length, 'says less than in English').toBeGreaterThan(0.7 * alert.detail.length);
      expect(rests.sure).not.toBe(changeJson(change).evidence.sure.says);
    }
  });

  it('is said in mails with units and in the language of the reader', () => {
    const facts = { value: 19.24, minC: 20, maxC: 24, othersC: 21.5, spreads: 3, days: 2 };
    const { alert } = become('firing', { facts, quantity: 'airTemperatureC' });
    const said = (language: 'en' | 'sv') => sayEvidence(alert, wordings.get(language)!, time);
    expect(said('en')).toEqual({
      measured: 'value 19.24 °C',
      expected: 'at least 20 °C, at most 24 °C, the others 21.5 °C',
      sure: '3 times as far from the usual as days commonly are, on 2 days in a row',
      flapping: '',
    });
    expect(said('sv')).toMatchObject({
      measured: 'värde 19,24 °C',
      expected: 'minst 20 °C, högst 24 °C, de andra 21,5 °C',
      sure: '3 gånger så långt från det vanliga som dygn brukar vara, i 2 dygn',
    });
    const flapping = { ...alert, flapping: { times: 5, sinceMs: T0 } };
    expect(sayEvidence(flapping, wordings.get('sv')!, () => '08:00').flapping).toBe(
      'Det har börjat 5 gånger sedan 08:00, och hålls öppet tills det är lugnt.',
    );
  });

  it.each([
    [
      'night-setback',
      { unit: 'W', value: 16_989, usual: 2494, outdoorC: 12.8 },
      /17 kW värme i en mild natt/,
    ],
    [
      'radiator-valve',
      { kind: 'warm', differenceC: 0.8, value: 22.3, others: 21.8, usual: 21.5 },
      /öppen: 0,8/,
    ],
    [
      'radiator-valve',
      { kind: 'cold', differenceC: 3.6, value: 17.3, others: 22, usual: 20.9 },
      /stängd: 3,6/,
    ],
    ['ventilation-all-night', { seenBy: 'electricity', unit: 'W', value: 9000, riseW: 4000 }, /kanske/],
    ['ventilation-all-night', { seenBy: 'air', unit: 'W', value: 9000 }, /^Ventilationen går.*torrare/],
  ])('is said by %s of %j in words of its own', (type, facts, title) => {
    const { alert } = become('firing', { facts: { since: time(T0), ...facts }, space: 'lgh-1' });
    const said = sayAlert(alert, { wording: wordings.get('sv')!, type, building: 'Hus 1', time });
    expect(said.title).toMatch(title);
  });

  it.each([
    [{ chance: 0.29, projectedKw: 90, budgetKw: 70 }, 29, /chance of 29 %/, ['projectedKw'], ['budgetKw']],
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
    [
      { silentMinutes: 40, usualMinutes: 10 },
      undefined,
      /^4 times as long/,
      ['silentMinutes'],
      ['usualMinutes'],
    ],
    [{ nights: 4 }, undefined, /^seen on 4 days in a row/, ['nights'], []],
    [{ nights: 1 }, undefined, /^seen on one day$/, ['nights'], []],
    [
      { flatHours: 6, longestBeforeHours: 1 },
      undefined,
      /^6 times as long/,
      ['flatHours'],
      ['longestBeforeHours'],
    ],
    [{ silentMinutes: 40 }, undefined, /held for 2 minutes/, ['silentMinutes'], []],
    [{ usualMinutes: 10 }, undefined, /held for 2 minutes/, [], ['usualMinutes']],
    [{ value: 12, spreads: 0 }, undefined, /held for 2 minutes/, ['value'], []],
  ])('is read from its facts: %j', (facts, pct, says, values, expected) => {
    const { evidence, link } = lifeJson(become('firing', { facts }).alert, {}, { nowMs: T0 });
    expect(evidence.sure.pct).toBe(pct);
    expect(evidence.sure.says).toMatch(says);
    expect(Object.keys(evidence.values)).toEqual(expect.arrayContaining(values));
    expect(Object.keys(evidence.expected)).toEqual(expected);
    expect(link).toBeUndefined();
  });

  it.each([
    [0, { value: 12 }, 'as measured'],
    [0, { kind: 'fault' }, 'as the device, or kvarter of itself, says'],
    [70, { value: 12 }, 'measured, and held for 1 minute'],
  ])('that fired %i seconds after it began, and says %j, is %s', (seconds, facts, says) => {
    const { alert } = become('firing', { facts, firedAtMs: T0 + seconds * 1000 });
    expect(lifeJson(alert, {}, { nowMs: T0 }).evidence.sure.says).toBe(says);
  });
});

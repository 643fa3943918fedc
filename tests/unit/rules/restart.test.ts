import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertChange } from '../../../src/domain/alert.ts';
import type { Reading } from '../../../src/domain/reading.ts';
import { ruleTypes } from '../../../src/rules/definitions.ts';
import { type Part, partOfRule } from '../../../src/rules/engine.ts';
import { type AlertingContext, createAlerting } from '../../../src/workers/alerting.ts';
import { knownBy, restore } from '../../support/alerting.ts';
import { rulesOf } from '../../support/rules.ts';
import { troubledDays } from './days/troubled-days.ts';
import { everythingMeasured } from './everything-measured.ts';

const MINUTE = 60_000;
const { readings, register } = troubledDays();

/** All that is shipped, and a rule with hours: what a schedule holds back must be known after a restart as well. */
const shipped = readFileSync(join(import.meta.dirname, '../../../config/rules.yaml'), 'utf8');
const byDay = `
  - type: out-of-range
    name: cold-by-day
    scope: { quantity: airTemperatureC, role: room }
    parameters: { min: 15 °C }
    schedule: { hours: '07:00-20:00', quietHours: '12:00-13:00' }
`;
const context: AlertingContext = {
  rules: rulesOf(shipped + byDay),
  holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
  register: () => register,
  tariffs: new Map(),
};

/** A journal: a reading, or the wall clock. */
type Entry = Reading | { readonly tickMs: number };

type Life = { readonly told: readonly string[]; readonly known: readonly Part[] };

/**
 * What is told, as the text in which it is kept and sent, and what is known in the end; `cuts`: the service is started anew
 * before these entries.
 */
function live(journal: readonly Entry[], cuts: readonly number[] = [], within = context): Life {
  let alerting = createAlerting(within);
  const changes: AlertChange[] = [];
  for (const [at, entry] of journal.entries()) {
    if (cuts.includes(at)) {
      changes.push(...alerting.drain().changes);
      const known = knownBy(alerting);
      alerting = createAlerting(within);
      restore(alerting, known);
    }
    if ('tickMs' in entry) alerting.onTick(entry.tickMs);
    else alerting.onReading(entry);
  }
  changes.push(...alerting.drain().changes);
  return {
    told: changes.map((change) => JSON.stringify(change)),
    known: knownBy(alerting),
  };
}

const told = (journal: readonly Entry[], cuts?: readonly number[]) => live(journal, cuts).told;

const of = (building: string, texts: readonly string[]) =>
  texts.filter((text) => text.includes(`"building":"${building}"`));

/** The readings with some that come late, and ticks between them; at the end the wall clock runs on for hours. */
const journals = fc
  .record({
    late: fc.array(fc.tuple(fc.nat(readings.length - 1), fc.integer({ min: 1, max: 200 })), {
      maxLength: 40,
    }),
    ticks: fc.array(fc.tuple(fc.nat(readings.length - 1), fc.integer({ min: 0, max: 300 })), {
      maxLength: 20,
    }),
  })
  .map(({ late, ticks }): Entry[] => {
    const by = new Map(late);
    const after = new Map(ticks);
    const lastMs = readings.at(-1)?.atMs ?? 0;
    return readings
      .map((reading, at) => ({ reading, at, place: at + (by.get(at) ?? 0) }))
      .toSorted((a, b) => a.place - b.place || a.at - b.at)
      .flatMap(({ reading, at }): Entry[] => {
        const minutes = after.get(at);
        return minutes === undefined ? [reading] : [reading, { tickMs: reading.atMs + minutes * MINUTE }];
      })
      .concat({ tickMs: lastMs + 30 * MINUTE }, { tickMs: lastMs + 300 * MINUTE });
  });

describe('the same readings give the same alerts', () => {
  it('of every kind that these days have to tell of', () => {
    const rules = told(readings).map((text): unknown => JSON.parse(text).alert.rule);
    expect([...new Set(rules)]).toEqual(
      expect.arrayContaining([
        'cold-by-day',
        'container-full',
        'container-trouble',
        'device-status',
        'flat-line',
        'out-of-range',
        'peak-guard',
        'stale',
      ]),
    );
  });

  it('to the byte, wherever the service is started anew', () => {
    fc.assert(
      fc.property(
        journals,
        fc.array(fc.nat(readings.length), { minLength: 1, maxLength: 5 }),
        (journal, cuts) => {
          expect(told(journal, cuts)).toEqual(told(journal));
        },
      ),
      { numRuns: 8 },
    );
  });

  it('whatever the order in which two buildings come', () => {
    const whole = told(readings);
    const [one, other] = ['b1', 'b2'].map((id) => readings.filter(({ point }) => point.building === id));
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 30 }), (runs) => {
        const [left, right] = [[...(one ?? [])], [...(other ?? [])]];
        const mixed = runs.flatMap((count, i) => (i % 2 === 0 ? left : right).splice(0, count));
        const texts = told([...mixed, ...right, ...left]);
        for (const building of ['b1', 'b2']) expect(of(building, texts)).toEqual(of(building, whole));
      }),
      { numRuns: 8 },
    );
  });

  it('live, with the wall clock’s ticks between them, as in a replay without', () => {
    const live = readings.flatMap((reading): Entry[] => [{ tickMs: reading.atMs }, reading]);
    const [told1, told2] = [told(live), told(readings)];
    for (const building of ['b1', 'b2']) expect(of(building, told1)).toEqual(of(building, told2));
  });
});

describe('every type of rule that is shipped', () => {
  const { readings: all, register: place } = everythingMeasured(context.rules);
  const within = { ...context, register: () => place };
  const whole = live(all, [], within);

  it.each(ruleTypes.map(({ type }) => type))('learns from these readings: %s', (type) => {
    const names = context.rules.entries.filter((entry) => entry.type === type).map(({ name }) => name);
    const knows = (life: Life, name: string) => life.known.some(([of]) => of === partOfRule(name));
    expect(names, `no entry of ${type} in config/rules.yaml`).not.toEqual([]);
    expect(names.some((name) => knows(whole, name))).toBe(true);
  });

  it('tells and knows the same, wherever the service is started anew', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(all.length - 1), { minLength: 1, maxLength: 8 }), (cuts) => {
        expect(live(all, cuts, within)).toEqual(whole);
      }),
      { numRuns: 3 },
    );
  });
});

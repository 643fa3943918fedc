import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Severity } from '../../../../src/domain/alert.ts';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import type { FlexibleLoad } from '../../../../src/domain/register.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { readingOf, registerOf } from '../../../support/readings.ts';
import { rulesOf } from '../../../support/rules.ts';

const MINUTE = 60_000;
const shedSchema = z.array(z.object({ load: z.string() }));
const file = join(import.meta.dirname, '../../../../config/tariffs/goteborg-energi-2025.json');
const inKronor = readFileSync(file, 'utf8');
/** A krona is a tenth of a euro here. */
const inEuros = inKronor
  .replace('"priceExVat": 45', '"priceExVat": 4.5')
  .replace('"priceIncVat": 56.25', '"priceIncVat": 5.625')
  .replace('"SEK"', '"EUR"');
/** Midnight in Kalmar, a Thursday. */
const T0 = Date.parse('2026-01-15T00:00+01:00');
const charger = (id: string): FlexibleLoad => ({
  id,
  name: id,
  powerKw: 40,
  maxOffMinutes: 120,
  priority: 1,
});
const day = (kw: number) => Array.from({ length: 24 }, (_, hour) => (hour === 17 ? kw : 40));

/** For each window that was told of: the loads to switch off, in the order of time, as the newest word has it. */
function asked(flexibleLoads: readonly FlexibleLoad[], hoursKw: readonly number[], tariff = inKronor) {
  const device = { id: 'm', model: 'kvarter', building: 'b1', role: 'electricityMain' } as const;
  const register = registerOf([{ tariff: 'power', flexibleLoads }], [device]);
  const compiled = compileTariffs(JSON.parse(tariff)).tariffs[0]?.tariff;
  const rules = createAlerting({
    rules: rulesOf(),
    holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
    register: () => register,
    tariffs: new Map(compiled ? [['power', compiled]] : []),
  });
  const windows = new Map<string, { readonly severity: Severity; readonly loads: readonly string[] }>();
  const meter = { device: 'm', quantity: 'activePowerW', role: 'electricityMain' } as const;
  for (const [hour, kw] of hoursKw.entries()) {
    for (let minute = 0; minute < 60; minute += 5) {
      rules.onReading(readingOf(meter, T0 + hour * HOUR_MS + minute * MINUTE, kw * 1000));
      const { changes, refreshed } = rules.drain();
      for (const { rule, severity, facts } of [...changes.map(({ alert }) => alert), ...refreshed]) {
        if (rule !== 'peak-guard' || typeof facts.windowFrom !== 'string') continue;
        const sheds = shedSchema.parse(facts.shed);
        windows.set(facts.windowFrom, { severity, loads: sheds.map(({ load }) => load) });
      }
    }
  }
  return windows;
}

describe('a load of a building', () => {
  const month = [...day(90), ...day(95), ...day(100), ...day(40)];
  const both = [charger('east'), charger('west')];

  it('is asked by turns with its equal: who gave yesterday gives not today', () => {
    const turns = asked(both, [...month, ...day(120), ...day(125), ...day(130)]);
    expect([...turns.values()].flatMap(({ loads }) => loads)).toEqual([
      'east',
      'west',
      'east',
      'west',
      'east',
    ]);
  });

  it('is asked as urgently for as much money in euros as in kronor', () => {
    const hours = [...month, ...day(120), ...day(106), ...day(101)];
    const windows = asked(both, hours, inEuros);
    expect(windows).toEqual(asked(both, hours));
    expect(windows.size).toBe(4);
  });

  it('is asked for what it saves, though it is hardly billed, unless the rooms of every load are too cold', () => {
    const dear = inKronor
      .replace('"priceExVat": 45', '"priceExVat": 4500')
      .replace('"priceIncVat": 56.25', '"priceIncVat": 5625');
    // The last four are in February: they are its highest so far, but hardly will be at its end.
    const days = [45, 60, 95, 50, 100, 45, 60, 95, 50, 100, 45, 60, 95, 50, 100, 45, 60, 45, 45, 60, 70];
    const hours = days.flatMap(day);
    const told = (loads: readonly FlexibleLoad[]) => [...asked(loads, hours, dear).keys()];
    const cold = both.map((load) => ({ ...load, warmAboveC: 20 }));
    const [ofWarm, ofCold] = [told(both), told(cold)];
    expect(ofWarm).toEqual(expect.arrayContaining(ofCold));
    expect(ofWarm.length).toBeGreaterThan(ofCold.length);
  });
});

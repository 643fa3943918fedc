import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemText } from '../../../../src/config/problem.ts';
import { tariffsOf } from '../../../../src/config/tariffs.ts';
import { bill } from '../../../../src/energy/bills/bill.ts';
import { billJson } from '../../../../src/energy/bills/bill-json.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';
import { loadOf } from '../bills/bills.ts';

const folder = join(import.meta.dirname, '../../../../config/tariffs');
const load = loadOf({ from: '2025-01-01', to: '2025-02-01', baseKw: 10 });

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    pathsOf(one, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length > 0 ? [path, ...inner] : inner;
}

/** The value with another in place of what stands at the path; undefined deletes it. */
function withAt(value: unknown, [key = '', ...rest]: Path, other: unknown): unknown {
  if (Array.isArray(value)) {
    const at = Number(key);
    const changed = rest.length > 0 ? withAt(value[at], rest, other) : other;
    return changed === undefined ? value.toSpliced(at, 1) : value.with(at, changed);
  }
  const entries = { ...(value as Record<string, unknown>) };
  const changed = rest.length > 0 ? withAt(entries[key], rest, other) : other;
  if (changed === undefined) delete entries[key];
  else entries[key] = changed;
  return entries;
}

const shipped = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => {
    const tariff: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return pathsOf(tariff).map((path) => ({ file, tariff, path }));
  });

const others = [undefined, null, true, '', 'x', '12', '2025-02-30', -1, 0, 0.5, 1e13, 1e300, [], {}, [null]];

describe('a shipped tariff of which one value is another, or gone', () => {
  it('is refused at a line and a path in plain words, or bills numbers', () => {
    const change = fc.record({ at: fc.constantFrom(...shipped), other: fc.constantFrom(...others) });
    fc.assert(
      fc.property(change, ({ at: { file, tariff, path }, other }) => {
        const read = tariffsOf(file, JSON.stringify(withAt(tariff, path, other), null, 2));
        const told = [...read.problems, ...read.tariffs.flatMap(({ problems }) => problems)];
        for (const problem of told) {
          expect(problem).toMatchObject({ line: expect.any(Number), path: expect.stringMatching(/./) });
          expect(problemText(problem)).not.toMatch(/undefined|NaN|\[object|Invalid input|Too (big|small)/);
        }
        if (read.tariffs.length === 0) expect(told).not.toEqual([]);
        for (const { tariff: compiled } of read.tariffs) {
          const made = compiled && bill(compiled, load, { outside: 'nearestYear' });
          // JSON has null for what is no number; a cost with VAT is null where the VAT is not known.
          if (made?.ok)
            expect(JSON.stringify(billJson(made.bill)).replaceAll(/"\w*[iI]ncVat":null/g, '')).not.toMatch(
              /null/,
            );
          if (made?.ok) expect(Number.isFinite(made.bill.cost.exVat)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a price list that cannot be', () => {
  const price = { priceExVat: 10, priceIncVat: 12.5, currency: 'SEK' };
  const energy = (component: object, rest: object = {}) => ({
    tariffs: [{ energyPrice: { components: [{ price, ...component }] }, ...rest }],
  });
  const onTimes = (active: object) =>
    energy({
      recurringPeriods: [{ activePeriods: [{ fromIncluding: '07:00', toExcluding: '19:00', ...active }] }],
    });
  const at = 'tariffs.0.energyPrice.components.0';
  it.each<[value: unknown, says: string]>([
    [
      { tariffs: [{}] },
      'tariffs.0: has no price: fixedPrice, energyPrice, powerPrice with components bill something',
    ],
    [
      energy({ price: { ...price, priceIncVat: -12.5 } }),
      `${at}.price: priceIncVat is not priceExVat with VAT: they are too far apart`,
    ],
    [
      energy({ price: { ...price, priceExVat: 0 } }),
      `${at}.price: priceIncVat is not priceExVat with VAT: they are too far apart`,
    ],
    [
      energy({ price: { priceExVat: 1e300, currency: 'SEK' } }),
      `${at}.price.priceExVat: is no price: it must be at most 1000000000`,
    ],
    [
      energy({}, { validPeriod: { fromIncluding: '2025-02-30' } }),
      'tariffs.0.validPeriod.fromIncluding: is no day of the calendar',
    ],
    [
      onTimes({ toExcluding: '24:45' }),
      `${at}.recurringPeriods.0.activePeriods.0.toExcluding: must be a local time on a quarter-hour: HH:MM`,
    ],
    [
      onTimes({ calendarPatternReferences: { include: ['2025-02-30'] } }),
      `${at}.recurringPeriods.0.activePeriods.0.calendarPatternReferences.include.0: 2025-02-30 is no day of the calendar`,
    ],
    [energy({}, { 'x-kvarter': { vatPct: 125 } }), 'tariffs.0.x-kvarter.vatPct: must be at most 100'],
  ])('is refused: %j', (value, says) => {
    const told = compileTariffs(value).problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(told).toEqual([says]);
  });

  it.each(['--02-29', '02-29', '2024-02-29', '2024-02-29T00:00:00Z'])('%s is a date of a pattern', (date) => {
    const patterns = (text: string) => [{ reference: 'leap', frequency: 'P1Y', dates: [text] }];
    expect(compileTariffs({ ...energy({}), calendarPatterns: patterns(date) }).problems).toEqual([]);
    const wrong = date.replace('02-29', '02-30');
    expect(compileTariffs({ ...energy({}), calendarPatterns: patterns(wrong) }).problems).not.toEqual([]);
  });
});

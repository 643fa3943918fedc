import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../src/domain/interval.ts';
import { billedBy } from '../../../../src/energy/storage/peak-term.ts';
import { termsOver } from '../../../../src/energy/storage/span-terms.ts';
import { compileTariffs } from '../../../../src/energy/tariffs/compile-tariff.ts';

const fromMs = Date.parse('2025-01-01T00:00+01:00');
const kw = new Float64Array(31 * 24 + 28 * 24 + 48).fill(3);
kw[100] = 7;
kw[31 * 24 + 50] = 9;
// On the first of March, before the span begins: no bill has it.
kw[31 * 24 + 28 * 24 + 5] = 20;
const load = { fromMs, spacingMs: HOUR_MS, kw };
const span = { fromMs: Date.parse('2025-03-02T00:00+01:00'), toMs: Date.parse('2025-03-03T00:00+01:00') };

function termsOf(name: string) {
  const { tariffs } = compileTariffs(JSON.parse(readFileSync(`config/tariffs/${name}.json`, 'utf8')));
  const tariff = tariffs[0]?.tariff;
  if (!tariff) throw new Error(`${name} cannot be read`);
  return termsOver(tariff, load, span);
}

test('in a look-back the peaks of the months before are billed as they were, beside those of the span', () => {
  const terms = termsOf('flanders-2023');
  expect(terms).toHaveLength(1);
  // A month's highest window, when the battery brings the import of the span to nothing.
  const billed = terms[0]?.groups.map(({ windows }) =>
    Math.max(...windows.map(({ pieces }) => billedBy(pieces, 0))),
  );
  expect([terms[0]?.peaks, billed]).toEqual([3, [7, 9, 2.5]]);
});

test('where each month is billed by itself nothing of the past counts', () => {
  const terms = termsOf('goteborg-energi-2025');
  expect(terms.map(({ groups }) => groups.length)).toEqual([24]);
});

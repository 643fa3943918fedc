import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFillForecast } from '../../../../src/waste/fill/fill-forecast.ts';
import { ask, brierOf, readBins, reliabilityOf, THRESHOLD_PCT } from '../../../bench/fill/bins.ts';

const file = join(import.meta.dirname, '../../../../../shared/data/wyndham/fill_levels.csv');
const isThere = existsSync(file);
if (!isThere)
  console.warn('NOT CHECKED: the fill forecast on real bins (../shared/data/wyndham is not here)');

describe.skipIf(!isThere)("Wyndham City's bins", () => {
  it('are foretold for tomorrow with a skill of 0.26 over the base rate, and as often as said', () => {
    const forecast = createFillForecast({ thresholdPct: THRESHOLD_PCT, withinMs: [86_400_000] });
    const said = ask(readBins(file), forecast, { days: 1, span: 0 });
    expect(brierOf(said).skill).toBeGreaterThan(0.26);
    for (const { count, meanChance, came } of reliabilityOf(said)) {
      if (count > 200) expect(Math.abs(meanChance - came)).toBeLessThan(0.06);
    }
  });
});

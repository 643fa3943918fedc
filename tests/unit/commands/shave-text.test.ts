import { expect, test } from 'vitest';
import { partsOf, shaveJson, shaveText } from '../../../src/commands/shave-text.ts';
import type { CourseCost, Shaved } from '../../../src/energy/storage/shave.ts';

/** April whole, and of May so much. */
function shavedWith(coverage: number): Shaved {
  const month = (from: string, to: string, share: number) => ({
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    coverage: share,
    cost: 100,
    billed: [{ reference: 'capacity', kw: 3 }],
  });
  const course: CourseCost = {
    cost: 200,
    energyCost: 0,
    peakCost: 200,
    fixedCost: 0,
    periods: [
      month('2025-04-01T00:00+02:00', '2025-05-01T00:00+02:00', 1),
      month('2025-05-01T00:00+02:00', '2025-06-01T00:00+02:00', coverage),
    ],
    overImportKwh: 0,
    overExportKwh: 0,
  };
  return {
    currency: 'NOK',
    fromMs: Date.parse('2025-04-01T00:00+02:00'),
    stepMs: 3_600_000,
    netKw: new Float64Array(),
    plan: { powerKw: new Float64Array(), storedKwh: new Float64Array() },
    without: course,
    shaved: course,
    foresight: course,
    isForesightProven: true,
    saving: 0,
    foresightSaving: 0,
    capturedShare: undefined,
    store: 'battery',
    cars: undefined,
  };
}

test('a month of which an hour is simulated is named: it is billed whole', () => {
  const shaved = shavedWith(1 / 744);
  expect(shaveText(shaved)).toContain('2025-05: 0.1 % of it is simulated with a known load; its peaks');
  expect(shaveJson(shaved)).toMatchObject({
    incomplete: true,
    shaved: { months: [{ coverage: 1 }, { coverage: 1 / 744 }] },
  });
});

test('of whole months nothing is said', () => {
  expect(partsOf(shavedWith(1))).toEqual([]);
  expect(shaveText(shavedWith(1))).not.toContain('simulated');
  expect(shaveJson(shavedWith(1))).toMatchObject({ incomplete: false });
});

import { expect, it } from 'vitest';
import { billed, loadOf } from './bills.ts';

it('a load that can hardly be is billed as it stands, with a note in its month', () => {
  const kw = { '2025-02-10 08:00': 12_000, '2025-02-11 08:00': 14_000 };
  const load = loadOf({ from: '2025-01-01', to: '2025-04-01', baseKw: 12, kw });
  const [january, february, march] = billed('goteborg-energi-2025', load).periods;
  expect(february?.notes).toEqual([
    '2 intervals from 2025-02-10T07:00:00.000Z on, with up to 14000 kW, can hardly be: more than 50 times the load of the five weeks before. Look for a wrong unit or ratio; it is billed as it stands',
  ]);
  expect(february?.lines[0]?.quantity).toBeCloseTo((12_000 + 14_000 + 12) / 3, 6);
  expect([january?.notes, march?.notes]).toEqual([[], []]);
});

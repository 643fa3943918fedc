import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPointRows } from '../../../src/rules/point-rows.ts';

const schema = z.object({
  lastMs: z.number(),
  step: z.number().default(0),
  isFlat: z.boolean(),
  side: z.enum(['inside', 'below', 'above']),
});
const fresh = { lastMs: 1, step: 0, isFlat: false, side: 'inside' } as const;

describe('rows of points', () => {
  it('keep of each point of each building what was put into its row', () => {
    const rows = createPointRows(schema);
    expect(rows.find('b1', 'a')).toBeUndefined();
    for (const [building, key, lastMs] of [
      ['b1', 'a', 1],
      ['b1', 'b', 2.5],
      ['b2', 'a', -3e15],
    ] as const) {
      const row = rows.add(building, key, fresh);
      row.lastMs = lastMs;
      row.isFlat = key === 'b';
      row.side = building === 'b2' ? 'above' : 'below';
    }
    expect({ ...rows.find('b1', 'a') }).toEqual({ lastMs: 1, step: 0, isFlat: false, side: 'below' });
    expect({ ...rows.find('b1', 'b') }).toEqual({ lastMs: 2.5, step: 0, isFlat: true, side: 'below' });
    expect({ ...rows.find('b2', 'a') }).toEqual({ lastMs: -3e15, step: 0, isFlat: false, side: 'above' });
    expect(rows.find('b2', 'b')).toBeUndefined();
  });

  it('are objects in a snapshot, and go on from it', () => {
    const rows = createPointRows(schema);
    rows.add('b1', 'a', { ...fresh, side: 'above' });
    rows.add('b1', 'b', { ...fresh, lastMs: 7, isFlat: true });
    rows.add('b2', 'a', fresh);
    const snapshot = JSON.stringify([...rows.snapshot()]);
    expect(JSON.parse(snapshot)).toEqual([
      ['b1', { a: { ...fresh, side: 'above' }, b: { ...fresh, lastMs: 7, isFlat: true } }],
      ['b2', { a: fresh }],
    ]);

    const after = createPointRows(schema);
    for (const part of JSON.parse(snapshot)) after.restore(part);
    expect(JSON.stringify([...after.snapshot()])).toBe(snapshot);
    after.add('b1', 'c', { ...fresh, lastMs: 9 });
    expect(after.find('b1', 'a')?.side).toBe('above');
    expect(after.find('b1', 'c')?.lastMs).toBe(9);
  });

  it('take what an older version has written down, and refuse what is no such thing', () => {
    const rows = createPointRows(schema);
    rows.restore(['b1', { a: { lastMs: 5, isFlat: false, side: 'inside' } }]);
    expect({ ...rows.find('b1', 'a') }).toEqual({ ...fresh, lastMs: 5 });
    expect(() => rows.restore(['b1', { a: { ...fresh, side: 'beside' } }])).toThrow('cannot be read');
    expect(() => rows.restore(['b1', { a: { ...fresh, isFlat: 1 } }])).toThrow('cannot be read');
  });
});

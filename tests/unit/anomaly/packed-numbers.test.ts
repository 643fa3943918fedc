import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pack, packedCount, packedSchema, unpack } from '../../../src/anomaly/packed-numbers.ts';

const digits = fc
  .record({ mantissa: fc.integer({ min: -99_999, max: 99_999 }), power: fc.integer({ min: -18, max: 18 }) })
  .map(({ mantissa, power }) => Number(`${mantissa}e${power}`))
  .map((value) => (value === 0 ? 0 : value));

it('gives back numbers of five digits to the bit, four characters each', () => {
  fc.assert(
    fc.property(fc.array(digits, { maxLength: 90 }), (values) => {
      const text = pack(values);
      expect(unpack(text)).toEqual(values);
      expect(text).toHaveLength(4 * values.length);
      expect(packedSchema.parse(text)).toBe(text);
      expect(packedCount(text)).toBe(values.length);
    }),
  );
});

it('keeps five digits of a longer number, as toPrecision does', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
      fc.pre(value === 0 || Math.abs(value) > 1e-15);
      expect(unpack(pack([value]))).toEqual([Number(value.toPrecision(5)) + 0]);
    }),
  );
});

it.each([
  [0, 0],
  [-0, 0],
  [Number.NaN, 0],
  [1e-30, 0],
  [1e40, 99_999e22],
  [Number.POSITIVE_INFINITY, 99_999e22],
  [Number.NEGATIVE_INFINITY, -99_999e22],
  [99_999.6, 100_000],
])('of %d keeps %d', (value, kept) => {
  expect(unpack(pack([value]))).toEqual([kept]);
});

it.each(['AAA', 'AAAAA', 'AA A', 'AAAÅ'])('is no packed text: %s', (text) => {
  expect(packedSchema.safeParse(text).success).toBe(false);
});

import { describe, expect, it } from 'vitest';
import { commonShift } from '../../../src/anomaly/common-shift.ts';

const nights = (before: number, newest: readonly number[], apart = 0.1) => [
  ...Array.from({ length: 14 }, (_, n) => before + (n % 2 === 0 ? apart : -apart)),
  ...newest,
];

describe('what rooms have done together', () => {
  it('is the middle of all newest nights, and what the least and most of the rooms did', () => {
    const rooms = [
      nights(5, [4, 4, 4, 4]),
      nights(2, [1.5, 1.5, -3, 1.5]),
      nights(0, [-0.9, -0.8, -0.8, -0.9]),
    ];
    const shift = commonShift(rooms, 4);
    expect(shift?.middle).toBeCloseTo(0.9);
    expect(shift?.least).toBeCloseTo(0.5);
    expect(shift?.most).toBeCloseTo(1);
    expect(shift?.spread).toBeCloseTo(0.148, 3);
  });

  it('is unknown where a room is not known for long', () => {
    expect(commonShift([], 4)).toBeUndefined();
    expect(commonShift([nights(5, [4, 4, 4, 4]), [1, 2, 3]], 4)).toBeUndefined();
  });
});

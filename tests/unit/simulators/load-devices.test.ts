import { describe, expect, it } from 'vitest';
import { checkReadings } from '../../../simulators/load-devices.ts';

/** Three messages, of which the last was never acknowledged. */
const expected = new Map([
  [1000, { value: 10, isAcknowledged: true }],
  [2000, { value: 11, isAcknowledged: true }],
  [3000, { value: 12, isAcknowledged: false }],
]);

describe('what became of a load', () => {
  it.each([
    ['each once', ['1000 10', '2000 11'], { lost: 0, duplicate: 0, wrong: 0 }],
    ['what was not acknowledged may be there', ['1000 10', '2000 11', '3000 12'], {}],
    ['an acknowledged one is missing', ['1000 10', '3000 12'], { lost: 1 }],
    ['nothing is there', [], { lost: 2 }],
    ['one is there twice', ['1000 10', '1000 10', '2000 11'], { duplicate: 1 }],
    ['one is there at another time as well', ['1000 10', '2000 11', '2500 11'], { duplicate: 1 }],
    ['another value than was sent', ['1000 10', '2000 99'], { wrong: 1 }],
    ['something that nobody sent', ['1000 10', '2000 11', '2500 99'], { wrong: 1 }],
  ])('is counted: %s', (_, found, counts) => {
    const readings = found.map((text) => {
      const [atMs = 0, value = 0] = text.split(' ').map(Number);
      return { atMs, value };
    });
    expect(checkReadings(expected, readings)).toEqual({ lost: 0, duplicate: 0, wrong: 0, ...counts });
  });
});

import { expect, it } from 'vitest';
import { sentSoFar } from '../../../src/commands/sent-so-far.ts';

it.each([
  [5, 5, '5 packets were sent and acknowledged'],
  [5, 3, '3 packets were sent and acknowledged, 2 more wait for it'],
  [0, 0, '0 packets were sent and acknowledged'],
])(
  'of %i handed over and %i acknowledged only the acknowledged count as sent',
  (sent, acknowledged, says) => {
    expect(sentSoFar({ sent: () => sent, acknowledged: () => acknowledged }, 'packets')).toBe(says);
  },
);

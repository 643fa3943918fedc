import { describe, expect, it } from 'vitest';
import { openTestBroker } from '../support/broker.ts';
import { chapter2 } from './conformance/chapter-2.ts';
import { chapter3Connect, chapter3Disconnect } from './conformance/chapter-3-connect.ts';
import { chapter3Publish, chapter4Delivery } from './conformance/chapter-3-publish.ts';
import { chapter3Subscribe, chapter4Topics } from './conformance/chapter-3-subscribe.ts';
import { numbers } from './conformance/numbers.ts';
import { otherChapters } from './conformance/other-chapters.ts';

const clauses = [
  ...chapter2,
  ...chapter3Connect,
  ...chapter3Disconnect,
  ...chapter3Publish,
  ...chapter3Subscribe,
  ...chapter4Delivery,
  ...chapter4Topics,
  ...otherChapters,
];

describe('MQTT 3.1.1, every normative statement', () => {
  it('is in the table once, with a test or the reason why there is none', () => {
    const sorted = (list: readonly string[]) => list.toSorted();
    expect(sorted(clauses.map(([number]) => number))).toEqual(sorted(numbers));
    for (const [, , shown] of clauses) {
      if (typeof shown !== 'function') expect(shown.not).not.toBe('');
    }
  });

  for (const [number, asks, shown] of clauses) {
    if (typeof shown !== 'function') continue;
    it(`${asks} [MQTT-${number}]`, async () => {
      await using broker = await openTestBroker();
      await shown(broker);
    });
  }
});

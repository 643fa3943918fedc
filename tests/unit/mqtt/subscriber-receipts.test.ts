import type { IPublishPacket } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { openReceipts } from '../../../src/mqtt/subscriber/subscriber-receipts.ts';

/** A journal whose appends are settled by hand, in order. */
function open() {
  const taken: string[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  const receipts = openReceipts({
    clock: () => 42,
    journal: {
      append: (record) => {
        if (record.kind === 'packet') taken.push(Buffer.from(record.payload).toString());
        const settled = Promise.withResolvers<void>();
        waiting.push(settled);
        return settled.promise;
      },
    },
  });
  return { receipts, taken, waiting };
}

const packet = (payload: string, qos: 0 | 1 | 2, messageId?: number, topic = 't'): IPublishPacket => ({
  cmd: 'publish',
  topic,
  payload,
  qos,
  dup: false,
  retain: false,
  ...(messageId === undefined ? {} : { messageId }),
});

describe('the receipts of a session', () => {
  it.each([
    ['a QoS 2 packet that is repeated before its PUBREL', 2, 'nothing', ['a']],
    ['a QoS 2 id that comes again after PUBREL', 2, 'release', ['a', 'a']],
    ['a QoS 2 id of a new session', 2, 'forget', ['a', 'a']],
    ['a QoS 1 packet that is repeated', 1, 'nothing', ['a', 'a']],
  ] as const)('journal %s', (_what, qos, between, expected) => {
    const { receipts, taken } = open();
    void receipts.take(packet('a', qos, 7));
    if (between === 'release') receipts.release(7);
    if (between === 'forget') receipts.forget();
    void receipts.take(packet('a', qos, 7));
    expect(taken).toEqual(expected);
  });

  it('take again what the journal has refused', async () => {
    const { receipts, taken, waiting } = open();
    const first = receipts.take(packet('a', 2, 7));
    const repeated = receipts.take(packet('a', 2, 7));
    waiting[0]!.reject(new Error('the disk is full'));
    await expect(first).rejects.toThrow('full');
    await expect(repeated).rejects.toThrow('full');
    const again = receipts.take(packet('a', 2, 7));
    waiting[1]!.resolve();
    await again;
    expect(taken).toEqual(['a', 'a']);
  });

  it.each(['kvarter/alerts/b1/1', 'kvarter/commands/b1'])(
    'leave %s out of the journal, and acknowledge it after those before it',
    async (topic) => {
      const { receipts, taken, waiting } = open();
      const order: string[] = [];
      const before = receipts.take(packet('a', 1, 1)).then(() => order.push('a'));
      const own = receipts.take(packet('b', 1, 2, topic)).then(() => order.push('b'));
      waiting[0]!.resolve();
      await Promise.all([own, before]);
      expect([taken, order]).toEqual([['a'], ['a', 'b']]);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { openTestBroker } from '../support/broker.ts';
import {
  connected,
  pingreq,
  pingresp,
  publish,
  suback,
  subscribe,
  subscribed,
  unsuback,
  unsubscribe,
} from '../support/mqtt-wire.ts';

describe('what goes out to a client', () => {
  it('never has a packet id that is in use: when all are, the connection ends [MQTT-2.3.1-4]', async () => {
    await using broker = await openTestBroker();
    using lazy = await subscribed(broker.port, 'lazy', [['t', 1]]);
    using other = await subscribed(broker.port, 'other', [['last', 0]]);
    const send = (count: number) =>
      Promise.all(Array.from({ length: count }, () => broker.publish('t', '', { retain: false, qos: 1 })));
    await send(65_535);
    for (const id of [1, 2, 3]) await lazy.hears(publish('t', { qos: 1, id, payload: '' }));
    expect(broker.problems).toEqual([]);
    await send(1);
    await expect.poll(() => broker.problems).toEqual([expect.stringContaining('[MQTT-2.3.1-4]')]);
    await broker.publish('last', 'x', { retain: false, qos: 0 });
    await other.hears(publish('last'));
  });

  it('follows SUBSCRIBE and UNSUBSCRIBE in the order in which they came, however fast', async () => {
    await using broker = await openTestBroker();
    for (const kept of [false, true]) {
      using peer = await connected(broker.port, `client ${kept}`, { kept });
      const rounds = Array.from({ length: 50 }, (_, n) => 2 * n + 1);
      peer.send(...rounds.flatMap((id) => [subscribe(id, ['t', 0]), unsubscribe(id + 1, 't')]));
      await peer.hears(...rounds.flatMap((id) => [suback(id, 0), unsuback(id + 1)]));
      peer.send(publish('t'), pingreq);
      await peer.hears(pingresp);
      peer.send(unsubscribe(500, 't'), subscribe(501, ['t', 0]));
      await peer.hears(unsuback(500), suback(501, 0));
      peer.send(publish('t'));
      await peer.hears(publish('t'));
    }
  });

  it('goes on to others when one client does not read', async () => {
    await using broker = await openTestBroker({ bounds: { maxBacklogKb: 64 } });
    using deaf = await subscribed(broker.port, 'deaf', [['t/#', 1]]);
    deaf.stopReading();
    using reader = await subscribed(broker.port, 'reader', [['t/last', 0]]);
    const payload = 'x'.repeat(100_000);
    // More than the kernel's buffers on both sides hold.
    for (let n = 0; n < 200; n++) await broker.publish('t/a', payload, { retain: false, qos: 0 });
    await broker.publish('t/last', 'x', { retain: false, qos: 0 });
    await reader.hears(publish('t/last'));
    expect(broker.problems).toEqual([]);
    const backlog = () => broker.bounds().find(({ bound }) => bound === 'maxBacklogKb');
    expect(backlog()?.hits).toBeGreaterThan(0);
    await broker.publish('t/a', payload, { retain: false, qos: 1 });
    await expect.poll(() => broker.problems).toEqual([expect.stringContaining('[mqtt.maxBacklogKb]')]);
    await reader.isQuiet();
  });
});

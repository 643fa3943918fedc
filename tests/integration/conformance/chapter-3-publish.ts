import { expect } from 'vitest';
import {
  connected,
  disconnect,
  pingreq,
  pingresp,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  subscribed,
} from '../../support/mqtt-wire.ts';
import { type Clause, refused } from './clause.ts';

/** Sections 3.3 to 3.7: PUBLISH and its acknowledgements. */
export const chapter3Publish: readonly Clause[] = [
  [
    '3.3.1-1',
    'a PUBLISH that is sent again has DUP',
    async ({ port }) => {
      using reader = await subscribed(port, 'kept', [['t', 1]], { kept: true });
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 1 }));
      const first = await reader.next();
      expect(first[0]).toBe(0x32);
      await reader.vanish();
      using again = await connected(port, 'kept', { kept: true, present: 1 });
      const second = await again.next();
      expect(second[0]).toBe(0x3a);
      expect(second.subarray(1)).toEqual(first.subarray(1));
    },
  ],
  ['3.3.1-2', 'a PUBLISH of QoS 0 has no DUP', refused('MQTT-3.3.1-2')],
  [
    '3.3.1-3',
    'DUP of what comes in is not handed on',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 1]]);
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 1, dup: true }));
      await sender.hears(puback(1));
      await reader.hears(publish('t', { qos: 1 }));
    },
  ],
  ['3.3.1-4', 'a PUBLISH of QoS 3 closes the connection', refused('MQTT-3.3.1-4')],
  [
    '3.3.1-5',
    'a retained message is kept with its QoS',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 1, retain: true }));
      await sender.hears(puback(1));
      using reader = await subscribed(port, 'reader', [['t', 2]]);
      await reader.hears(publish('t', { qos: 1, id: 1, retain: true }));
    },
  ],
  [
    '3.3.1-6',
    'a new subscription gets the last retained message of each matching topic',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(
        publish('r/a', { retain: true, payload: 'old' }),
        publish('r/a', { retain: true, payload: 'new' }),
        publish('r/b', { retain: true, payload: 'b' }),
        publish('s/a', { retain: true }),
        pingreq,
      );
      await sender.hears(pingresp);
      using reader = await subscribed(port, 'reader', [['r/+', 0]]);
      const heard = [await reader.next(), await reader.next()].map((each) => each.toString('hex')).sort();
      const wanted = [
        publish('r/a', { retain: true, payload: 'new' }),
        publish('r/b', { retain: true, payload: 'b' }),
      ];
      expect(heard).toEqual(wanted.map((each) => each.toString('hex')).sort());
      await reader.isQuiet();
    },
  ],
  [
    '3.3.1-7',
    'a retained message of QoS 0 takes the place of the one before',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 1, retain: true, payload: 'old' }));
      await sender.hears(puback(1));
      sender.send(publish('t', { retain: true, payload: 'new' }), pingreq);
      await sender.hears(pingresp);
      using reader = await subscribed(port, 'reader', [['t', 1]]);
      await reader.hears(publish('t', { retain: true, payload: 'new' }));
      await reader.isQuiet();
    },
  ],
  [
    '3.3.1-8',
    'what a new subscription gets of retained messages has the retain flag',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { retain: true }), pingreq);
      await sender.hears(pingresp);
      using reader = await subscribed(port, 'reader', [['t', 0]]);
      await reader.hears(publish('t', { retain: true }));
    },
  ],
  [
    '3.3.1-9',
    'what a subscription that stands already gets has no retain flag',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 2]]);
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { retain: true }), publish('t', { qos: 1, retain: true }));
      await reader.hears(publish('t'), publish('t', { qos: 1 }));
    },
  ],
  [
    '3.3.1-10',
    'an empty retained message is handed on, and removes the one that is kept',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 0]]);
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { retain: true }), publish('t', { retain: true, payload: '' }));
      await reader.hears(publish('t'), publish('t', { payload: '' }));
      using late = await subscribed(port, 'late', [['t', 0]]);
      await late.isQuiet();
    },
  ],
  [
    '3.3.1-11',
    'an empty retained message is not kept',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { retain: true, payload: '' }), pingreq);
      await sender.hears(pingresp);
      using late = await subscribed(port, 'late', [['t', 0]]);
      await late.isQuiet();
    },
  ],
  [
    '3.3.1-12',
    'a message without the retain flag leaves the one that is kept, even when it is empty',
    async ({ port }) => {
      using sender = await connected(port, 'sender');
      sender.send(
        publish('t', { retain: true, payload: 'kept' }),
        publish('t'),
        publish('t', { payload: '' }),
        pingreq,
      );
      await sender.hears(pingresp);
      using late = await subscribed(port, 'late', [['t', 0]]);
      await late.hears(publish('t', { retain: true, payload: 'kept' }));
      await late.isQuiet();
    },
  ],
  ['3.3.2-1', 'the topic name stands first, as text', refused('MQTT-3.3.2-1')],
  ['3.3.2-2', 'a topic name has no wildcards', refused('MQTT-3.3.2-2')],
  [
    '3.3.2-3',
    'what a subscriber gets has the topic name that it was published on, and matches its filter',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['a/+/c', 0]]);
      using sender = await connected(port, 'sender');
      sender.send(publish('a/b'), publish('a/b/d'), publish('a//c'), publish('a/b/c/d'), publish('a/b/c'));
      await reader.hears(publish('a//c'), publish('a/b/c'));
      await reader.isQuiet();
    },
  ],
  [
    '3.3.4-1',
    'QoS 0 has no answer, QoS 1 PUBACK, QoS 2 PUBREC',
    async ({ port, topics }) => {
      using peer = await connected(port, 'a');
      peer.send(publish('0'), publish('1', { qos: 1, id: 10 }));
      await peer.hears(puback(10));
      peer.send(publish('2', { qos: 2, id: 11 }));
      await peer.hears(pubrec(11));
      await peer.isQuiet();
      expect(topics()).toEqual(['0', '1', '2']);
    },
  ],
  [
    '3.3.5-1',
    'of overlapping subscriptions the highest QoS holds; here the message comes once',
    async ({ port }) => {
      const filters = [
        ['a/b', 0],
        ['a/+', 2],
        ['a/#', 1],
        ['#', 0],
      ] as const;
      for (const [turn, order] of [filters, filters.toReversed()].entries()) {
        using reader = await subscribed(port, `reader ${turn}`, order);
        using sender = await connected(port, 'sender');
        sender.send(
          publish('a/b', { qos: 2, id: 1 }),
          publish('a', { qos: 2, id: 2 }),
          publish('b', { qos: 2, id: 3 }),
        );
        await sender.hears(pubrec(1), pubrec(2), pubrec(3));
        await reader.hears(publish('a/b', { qos: 2, id: 1 }), publish('a', { qos: 1, id: 2 }), publish('b'));
        await reader.isQuiet();
        sender.send(pubrel(1), pubrel(2), pubrel(3));
        await sender.hears(pubcomp(1), pubcomp(2), pubcomp(3));
      }
    },
  ],
  [
    '3.3.5-2',
    'a publish that is not allowed is acknowledged or closes the connection; here it closes',
    async ({ port, topics }) => {
      for (const topic of ['$SYS/x', 'kvarter/alerts/x']) {
        using peer = await connected(port, 'a');
        peer.send(publish(topic, { qos: 1 }));
        await peer.isClosed();
      }
      expect(topics()).toEqual([]);
    },
  ],
  ['3.6.1-1', 'the reserved bits of PUBREL are 0010', refused('MQTT-3.6.1-1')],
];

/** Section 4.3 to 4.6: what each QoS promises, and in which order. */
export const chapter4Delivery: readonly Clause[] = [
  [
    '4.1.0-1',
    'session state lasts as long as the session',
    async ({ port }) => {
      using first = await subscribed(port, 'kept', [['t', 1]], { kept: true });
      await first.vanish();
      using sender = await connected(port, 'sender');
      for (const turn of [1, 2, 3]) {
        using again = await connected(port, 'kept', { kept: true, present: 1 });
        sender.send(publish('t', { qos: 1, id: turn }));
        await sender.hears(puback(turn));
        const heard = await again.next();
        again.send(puback(heard.readUInt16BE(5)));
        await again.isQuiet();
        await again.leave();
      }
    },
  ],
  [
    '4.1.0-2',
    'session state lasts at least as long as the connection',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 1]]);
      using sender = await connected(port, 'sender');
      sender.send(...Array.from({ length: 50 }, (_, n) => publish('t', { qos: 1, id: n + 1 })));
      await reader.hears(...Array.from({ length: 50 }, (_, n) => publish('t', { qos: 1, id: n + 1 })));
    },
  ],
  [
    '4.2.0-1',
    'packets travel on a connection that is ordered and loses nothing',
    { not: 'TCP, TLS and WebSocket are what is listened on, and nothing else' },
  ],
  [
    '4.3.1-1',
    'a message of QoS 0 goes out with QoS 0 and no DUP',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 2]]);
      using sender = await connected(port, 'sender');
      sender.send(publish('t'));
      await reader.hears(publish('t'));
    },
  ],
  [
    '4.3.2-1',
    'a message of QoS 1 goes out with a new id, and is unacknowledged until its PUBACK comes',
    async ({ port }) => {
      using reader = await subscribed(port, 'kept', [['t', 1]], { kept: true });
      using sender = await connected(port, 'sender');
      sender.send(
        publish('t', { qos: 1, id: 1, payload: 'a' }),
        publish('t', { qos: 1, id: 2, payload: 'b' }),
      );
      const [a, b] = [await reader.next(), await reader.next()];
      expect(a.readUInt16BE(5)).not.toBe(b.readUInt16BE(5));
      reader.send(puback(a.readUInt16BE(5)));
      await reader.isQuiet();
      await reader.vanish();
      using again = await connected(port, 'kept', { kept: true, present: 1 });
      expect((await again.next()).subarray(1)).toEqual(b.subarray(1));
      await again.isQuiet();
    },
  ],
  [
    '4.3.2-2',
    'a message of QoS 1 is acknowledged with its id, and its id is free again',
    async ({ port, topics }) => {
      using peer = await connected(port, 'a');
      for (const payload of ['one', 'two']) {
        peer.send(publish('t', { qos: 1, id: 7, payload }));
        await peer.hears(puback(7));
      }
      expect(topics()).toEqual(['t', 't']);
    },
  ],
  [
    '4.3.3-1',
    'a message of QoS 2 goes out with a new id; PUBREL answers PUBREC, and the id is in use until PUBCOMP comes',
    async ({ port }) => {
      using reader = await subscribed(port, 'kept', [['t', 2]], { kept: true });
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 2 }));
      const id = (await reader.next()).readUInt16BE(5);
      reader.send(pubrec(id));
      await reader.hears(pubrel(id));
      await reader.vanish();
      using again = await connected(port, 'kept', { kept: true, present: 1 });
      await again.hears(pubrel(id));
      again.send(pubcomp(id));
      await again.isQuiet();
      await again.leave();
      using last = await connected(port, 'kept', { kept: true, present: 1 });
      await last.isQuiet();
    },
  ],
  [
    '4.3.3-2',
    'a message of QoS 2 is handed on once, however often it comes before PUBREL; PUBCOMP answers PUBREL',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 0]]);
      using peer = await connected(port, 'a');
      peer.send(publish('t', { qos: 2, id: 7 }));
      await peer.hears(pubrec(7));
      peer.send(publish('t', { qos: 2, id: 7, dup: true }));
      await peer.hears(pubrec(7));
      peer.send(pubrel(7));
      await peer.hears(pubcomp(7));
      peer.send(pubrel(7));
      await peer.hears(pubcomp(7));
      await reader.hears(publish('t'));
      await reader.isQuiet();
      peer.send(publish('t', { qos: 2, id: 7 }));
      await peer.hears(pubrec(7));
      await reader.hears(publish('t'));
    },
  ],
  [
    '4.4.0-1',
    'a kept session gets again, with their ids, the PUBLISH and PUBREL packets that it has not acknowledged',
    async ({ port }) => {
      using reader = await subscribed(port, 'kept', [['t', 2]], { kept: true });
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 1, id: 1, payload: 'a' }));
      const one = await reader.next();
      sender.send(publish('t', { qos: 2, id: 2, payload: 'b' }));
      const two = await reader.next();
      reader.send(pubrec(two.readUInt16BE(5)));
      await reader.hears(pubrel(two.readUInt16BE(5)));
      await reader.vanish();
      using again = await connected(port, 'kept', { kept: true, present: 1 });
      const heard = await again.next();
      expect(heard[0]).toBe(0x3a);
      expect(heard.subarray(1)).toEqual(one.subarray(1));
      await again.hears(pubrel(two.readUInt16BE(5)));
      await again.isQuiet();
    },
  ],
  [
    '4.5.0-1',
    'what the server has taken goes to every session that matches',
    async ({ port }) => {
      using here = await subscribed(port, 'here', [['t', 1]]);
      using away = await subscribed(port, 'away', [['t', 1]], { kept: true });
      await away.leave();
      using sender = await connected(port, 'sender');
      sender.send(publish('t', { qos: 1 }));
      await here.hears(publish('t', { qos: 1, id: 1 }));
      using back = await connected(port, 'away', { kept: true, present: 1 });
      expect((await back.next())[0]).toBe(0x32);
    },
  ],
  [
    '4.5.0-2',
    'a client acknowledges what it is sent, whether it uses it or not',
    { not: 'binds the client' },
  ],
  [
    '4.6.0-1',
    'what is sent again comes in the order of the first time',
    async ({ port }) => {
      using reader = await subscribed(port, 'kept', [['t', 2]], { kept: true });
      using sender = await connected(port, 'sender');
      sender.send(
        ...Array.from({ length: 20 }, (_, n) => publish('t', { qos: 1, id: n + 1, payload: String(n + 10) })),
      );
      const first = [];
      for (let n = 0; n < 20; n++) first.push((await reader.next()).subarray(1).toString('hex'));
      await reader.vanish();
      using again = await connected(port, 'kept', { kept: true, present: 1 });
      const second = [];
      for (let n = 0; n < 20; n++) second.push((await again.next()).subarray(1).toString('hex'));
      expect(second).toEqual(first);
    },
  ],
  [
    '4.6.0-2',
    'PUBACK packets come in the order of the messages',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      const ids = Array.from({ length: 300 }, (_, n) => n + 1);
      peer.send(...ids.map((id) => publish('t', { qos: 1, id, retain: id % 3 === 0 })));
      await peer.hears(...ids.map(puback));
    },
  ],
  [
    '4.6.0-3',
    'PUBREC packets come in the order of the messages',
    async ({ port }) => {
      using peer = await connected(port, 'a');
      const ids = Array.from({ length: 300 }, (_, n) => n + 1);
      peer.send(...ids.map((id) => publish('t', { qos: 2, id, retain: id % 3 === 0 })));
      await peer.hears(...ids.map(pubrec));
    },
  ],
  [
    '4.6.0-4',
    'PUBREL packets come in the order of the PUBREC packets',
    async ({ port }) => {
      const ids = Array.from({ length: 100 }, (_, n) => n + 1);
      using reader = await subscribed(port, 'reader', [['t', 2]]);
      using sender = await connected(port, 'sender');
      sender.send(...ids.map((id) => publish('t', { qos: 2, id })));
      await reader.hears(...ids.map((id) => publish('t', { qos: 2, id })));
      const order = ids.toReversed();
      reader.send(...order.map(pubrec));
      await reader.hears(...order.map(pubrel));
    },
  ],
  [
    '4.6.0-5',
    'subscribers get the messages of a topic and a QoS in the order in which they were published',
    async ({ port }) => {
      for (const qos of [0, 1, 2] as const) {
        using reader = await subscribed(port, 'reader', [['t', qos]]);
        using sender = await connected(port, `sender ${qos}`);
        const all = Array.from({ length: 300 }, (_, n) => ({ qos, id: n + 1, payload: String(n) }));
        sender.send(...all.map((each, n) => publish('t', { ...each, retain: n % 3 === 0 })));
        await reader.hears(...all.map((each) => publish('t', each)));
        await reader.leave();
        sender.send(publish('t', { retain: true, payload: '' }), disconnect);
      }
    },
  ],
  [
    '4.6.0-6',
    'every topic is ordered; and no message is lost because one of another QoS has overtaken it',
    async ({ port }) => {
      using reader = await subscribed(port, 'reader', [['t', 2]]);
      using sender = await connected(port, 'sender');
      const all = Array.from({ length: 300 }, (_, n) => ({
        qos: ([2, 0, 1, 0] as const)[n % 4] ?? 0,
        payload: `${n}`,
      }));
      sender.send(...all.map((each, n) => publish('t', { ...each, id: n + 1, retain: n % 5 === 0 })));
      const heard: { qos: number; payload: string }[] = [];
      while (heard.length < all.length) {
        const bytes = await reader.next();
        const qos = ((bytes[0] ?? 0) & 6) >> 1;
        heard.push({ qos, payload: bytes.subarray(qos > 0 ? 7 : 5).toString() });
      }
      for (const qos of [0, 1, 2]) {
        const of = (each: { qos: number }) => each.qos === qos;
        expect(heard.filter(of)).toEqual(all.filter(of));
      }
    },
  ],
];

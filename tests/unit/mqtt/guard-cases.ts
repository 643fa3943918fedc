import { connect, packet, text } from './guard-bytes.ts';

/** What breaks a rule: its name, the clause that the reason cites, the bytes. */
export type Breach = readonly [name: string, clause: string, bytes: Buffer];

/** `MQTT 1.5.3` without a number: what that section lets a receiver close on. */
const NUL = 'MQTT-1.5.3-2';
const UTF8 = 'MQTT-1.5.3-1';
const id = (number: number) => [number >> 8, number & 0xff];
const publish = (topic: Buffer) => packet(0x30, topic, [1]);

/** A CONNECT that is answered before the connection closes, and the return code that says why. */
export const answered: readonly (readonly [
  name: string,
  clause: string,
  bytes: Buffer,
  returnCode: 1 | 2,
])[] = [
  ['level 5', 'MQTT-3.1.2-2', connect(undefined, { level: 5 }), 1],
  ['level 3 of MQTT', 'MQTT-3.1.2-2', connect(undefined, { level: 3 }), 1],
  ['level 0', 'MQTT-3.1.2-2', connect(undefined, { level: 0 }), 1],
  ['level 4 of MQIsdp', 'MQTT-3.1.2-2', connect(undefined, { name: 'MQIsdp' }), 1],
  ['an empty client id with a session', 'MQTT-3.1.3-8', connect([text('')], { flags: 0 }), 2],
  [
    'an empty client id in MQTT 3.1',
    'MQTT-3.1.3-8',
    connect([text('')], { name: 'MQIsdp', level: 3, flags: 2 }),
    2,
  ],
];

/** As the first bytes of a connection. */
export const connectBreaches: readonly Breach[] = [
  ['PUBLISH as the first packet', 'MQTT-3.1.0-1', publish(text('t'))],
  ['PUBACK as the first packet', 'MQTT-3.1.0-1', packet(0x40, id(1))],
  ['PUBREL as the first packet', 'MQTT-3.1.0-1', packet(0x62, id(1))],
  ['SUBSCRIBE as the first packet', 'MQTT-3.1.0-1', packet(0x82, id(1), text('t'), [0])],
  ['UNSUBSCRIBE as the first packet', 'MQTT-3.1.0-1', packet(0xa2, id(1), text('t'))],
  ['PINGREQ as the first packet', 'MQTT-3.1.0-1', packet(0xc0)],
  ['DISCONNECT as the first packet', 'MQTT-3.1.0-1', packet(0xe0)],
  ['a request of HTTP', 'MQTT-4.8.0-1', packet(0x00, Buffer.from('GET / HTTP/1.1'))],
  ['CONNECT with flags in its fixed header', 'MQTT-2.2.2-2', packet(0x11, text('MQTT'), [4, 2, 0, 0])],
  ['CONNECT without a body', 'MQTT-3.1.2-1', packet(0x10)],
  ['another protocol name', 'MQTT-3.1.2-1', connect(undefined, { name: 'MQTX' })],
  ['a protocol name in lower case', 'MQTT-3.1.2-1', connect(undefined, { name: 'mqtt' })],
  ['a protocol name that every object has', 'MQTT-3.1.2-1', connect(undefined, { name: '__proto__' })],
  ['a CONNECT that ends behind its name', 'MQTT-3.1.2-2', packet(0x10, text('MQTT'))],
  ['a CONNECT that ends within its keep-alive', 'MQTT-4.8.0-1', packet(0x10, text('MQTT'), [4, 2, 0])],
  ['the reserved connect flag', 'MQTT-3.1.2-3', connect(undefined, { flags: 0x03 })],
  ['will QoS without a will', 'MQTT-3.1.2-13', connect(undefined, { flags: 0x0a })],
  ['will QoS 3', 'MQTT-3.1.2-14', connect([text('c'), text('t'), text('m')], { flags: 0x1e })],
  ['will retain without a will', 'MQTT-3.1.2-15', connect(undefined, { flags: 0x22 })],
  ['a password without a user name', 'MQTT-3.1.2-22', connect([text('c'), text('p')], { flags: 0x42 })],
  ['no client id', 'MQTT-3.1.3-3', connect([])],
  ['a client id longer than the packet', 'MQTT-3.1.3-3', connect([Buffer.from([0, 9, 0x63])])],
  ['U+0000 in a client id', NUL, connect([text('a\0b')])],
  ['a surrogate in a client id', UTF8, connect([text([0x61, 0xed, 0xa0, 0x80])])],
  ['a will without topic', 'MQTT-3.1.2-9', connect([text('c')], { flags: 0x06 })],
  ['a will without message', 'MQTT-3.1.2-9', connect([text('c'), text('t')], { flags: 0x06 })],
  ['an empty will topic', 'MQTT-4.7.3-1', connect([text('c'), text(''), text('m')], { flags: 0x06 })],
  [
    'a wildcard in a will topic',
    'MQTT-3.3.2-2',
    connect([text('c'), text('a/+'), text('m')], { flags: 0x06 }),
  ],
  ['U+0000 in a will topic', NUL, connect([text('c'), text('\0'), text('m')], { flags: 0x06 })],
  ['a user name that is announced only', 'MQTT-3.1.2-19', connect([text('c')], { flags: 0x82 })],
  ['U+0000 in a user name', NUL, connect([text('c'), text('u\0')], { flags: 0x82 })],
  ['bad UTF-8 in a user name', UTF8, connect([text('c'), text([0xff])], { flags: 0x82 })],
  ['a password that is announced only', 'MQTT-3.1.2-21', connect([text('c'), text('u')], { flags: 0xc2 })],
  ['a user name that is not announced', 'MQTT-4.8.0-1', connect([text('c'), text('u')])],
];

const ackNames = ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'];
const acks: readonly Breach[] = [0x40, 0x50, 0x62, 0x70].flatMap((first, n): Breach[] => [
  [`${ackNames[n]} with id 0`, 'MQTT-2.3.1-6', packet(first, id(0))],
  [`${ackNames[n]} without id`, 'MQTT-4.8.0-1', packet(first)],
  [`${ackNames[n]} of 1 byte`, 'MQTT-4.8.0-1', packet(first, [1])],
  [`${ackNames[n]} of 3 bytes`, 'MQTT-4.8.0-1', packet(first, id(1), [0])],
  [
    `${ackNames[n]} with other flags`,
    first === 0x62 ? 'MQTT-3.6.1-1' : 'MQTT-2.2.2-2',
    packet(first ^ 2, id(1)),
  ],
]);

/** After a CONNECT. */
export const breaches: readonly Breach[] = [
  ['a second CONNECT', 'MQTT-3.1.0-2', connect()],
  ['reserved type 0', 'MQTT-4.8.0-1', packet(0x00)],
  ['reserved type 15', 'MQTT-4.8.0-1', packet(0xf0)],
  ['CONNACK', 'MQTT-4.8.0-1', packet(0x20, [0, 0])],
  ['SUBACK', 'MQTT-4.8.0-1', packet(0x90, id(1), [0])],
  ['UNSUBACK', 'MQTT-4.8.0-1', packet(0xb0, id(1))],
  ['PINGRESP', 'MQTT-4.8.0-1', packet(0xd0)],
  ['a remaining length of 5 bytes', 'MQTT-4.8.0-1', Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 1])],
  ['a packet over the limit', 'mqtt.maxPacketKb', Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])],
  ['QoS 3', 'MQTT-3.3.1-4', packet(0x36, text('t'), id(1))],
  ['DUP with QoS 0', 'MQTT-3.3.1-2', packet(0x38, text('t'))],
  ['PUBLISH without topic', 'MQTT-3.3.2-1', packet(0x30)],
  ['PUBLISH that ends within its topic', 'MQTT-3.3.2-1', packet(0x30, [0, 5, 0x74])],
  ['an empty topic', 'MQTT-4.7.3-1', publish(text(''))],
  ['+ in a topic name', 'MQTT-3.3.2-2', publish(text('a/+/b'))],
  ['# in a topic name', 'MQTT-3.3.2-2', publish(text('a#'))],
  ['U+0000 in a topic name', NUL, publish(text('a\0'))],
  ['U+0001 in a topic name', 'MQTT 1.5.3', publish(text('a\u0001'))],
  ['U+007F in a topic name', 'MQTT 1.5.3', publish(text('a\u007f'))],
  ['U+009F in a topic name', 'MQTT 1.5.3', publish(text('a\u009f'))],
  ['U+FFFF in a topic name', 'MQTT 1.5.3', publish(text('a\uffff'))],
  ['U+FDD0 in a topic name', 'MQTT 1.5.3', publish(text('a\ufdd0'))],
  ['U+1FFFE in a topic name', 'MQTT 1.5.3', publish(text('a\u{1fffe}'))],
  ['U+D800 in a topic name', UTF8, publish(text([0x61, 0xed, 0xa0, 0x80]))],
  ['an overlong form in a topic name', UTF8, publish(text([0xc0, 0xaf]))],
  ['a cut character in a topic name', UTF8, publish(text([0x61, 0xe2, 0x82]))],
  ['a code point past U+10FFFF', UTF8, publish(text([0xf4, 0x90, 0x80, 0x80]))],
  ['a topic name that is too deep', 'mqtt.maxTopicLevels', publish(text('/'.repeat(64)))],
  ['a topic name that is too long', 'mqtt.maxTopicBytes', publish(text('t'.repeat(1025)))],
  ['QoS 1 with packet id 0', 'MQTT-2.3.1-1', packet(0x32, text('t'), id(0))],
  ['QoS 2 with packet id 0', 'MQTT-2.3.1-1', packet(0x34, text('t'), id(0), [1])],
  ['QoS 1 without packet id', 'MQTT-2.3.1-1', packet(0x32, text('t'), [1])],
  ...acks,
  ['SUBSCRIBE with other flags', 'MQTT-3.8.1-1', packet(0x80, id(1), text('t'), [0])],
  ['SUBSCRIBE without packet id', 'MQTT-2.3.1-1', packet(0x82)],
  ['SUBSCRIBE with packet id 0', 'MQTT-2.3.1-1', packet(0x82, id(0), text('t'), [0])],
  ['SUBSCRIBE without filter', 'MQTT-3.8.3-3', packet(0x82, id(1))],
  ['SUBSCRIBE that ends within a filter', 'MQTT-3.8.3-1', packet(0x82, id(1), [0, 4, 0x74])],
  ['SUBSCRIBE without QoS', 'MQTT-3.8.3-4', packet(0x82, id(1), text('t'))],
  ['SUBSCRIBE with QoS 3', 'MQTT-3.8.3-4', packet(0x82, id(1), text('t'), [3])],
  ['SUBSCRIBE with reserved bits', 'MQTT-3.8.3-4', packet(0x82, id(1), text('t'), [0x81])],
  ['a bad second filter', 'MQTT-4.7.1-2', packet(0x82, id(1), text('t'), [0], text('#/a'), [0])],
  ['an empty filter', 'MQTT-4.7.3-1', packet(0x82, id(1), text(''), [0])],
  ['U+0000 in a filter', NUL, packet(0x82, id(1), text('a\0'), [0])],
  ['bad UTF-8 in a filter', UTF8, packet(0x82, id(1), text([0xff]), [0])],
  ['a filter that is too deep', 'mqtt.maxTopicLevels', packet(0x82, id(1), text('/'.repeat(64)), [0])],
  ['a filter that is too long', 'mqtt.maxTopicBytes', packet(0x82, id(1), text('t'.repeat(1025)), [0])],
  ...['a#', '#a', 'a/#/b', 'a/b#', '##'].map(
    (filter): Breach => [`filter ${filter}`, 'MQTT-4.7.1-2', packet(0x82, id(1), text(filter), [0])],
  ),
  ...['a+', '+a', 'a/+b', 'a/b+/c', '++', '+/a+/+'].map(
    (filter): Breach => [`filter ${filter}`, 'MQTT-4.7.1-3', packet(0x82, id(1), text(filter), [0])],
  ),
  ['UNSUBSCRIBE with other flags', 'MQTT-3.10.1-1', packet(0xa0, id(1), text('t'))],
  ['UNSUBSCRIBE with packet id 0', 'MQTT-2.3.1-1', packet(0xa2, id(0), text('t'))],
  ['UNSUBSCRIBE without filter', 'MQTT-3.10.3-2', packet(0xa2, id(1))],
  ['UNSUBSCRIBE that ends within a filter', 'MQTT-3.10.3-1', packet(0xa2, id(1), [0, 4, 0x74])],
  ['a bad filter in UNSUBSCRIBE', 'MQTT-4.7.1-2', packet(0xa2, id(1), text('a#'))],
  ['PINGREQ with flags', 'MQTT-2.2.2-2', packet(0xc1)],
  ['PINGREQ with a body', 'MQTT-4.8.0-1', packet(0xc0, [0])],
  ['DISCONNECT with flags', 'MQTT-3.14.1-1', packet(0xe1)],
  ['DISCONNECT with a body', 'MQTT-4.8.0-1', packet(0xe0, [0])],
];

/** What looks odd and is allowed. The first byte says whether it begins a connection. */
export const allowed: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['an empty client id with a clean session', connect([text('')])],
  ['MQTT 3.1', connect([text('c')], { name: 'MQIsdp', level: 3 })],
  ['a Mosquitto bridge', connect([text('c')], { level: 0x84 })],
  ['a client id over 23 bytes', connect([text('c'.repeat(300))])],
  ['every field of CONNECT', connect(['c', 't', 'm', 'u', 'p'].map(text), { flags: 0xf6 })],
  ['an empty will message and password', connect(['c', 't', '', 'u', ''].map(text), { flags: 0xee })],
  ['a user name without password', connect([text('c'), text('u')], { flags: 0x82 })],
  ['bytes that are no text in a password', connect([text('c'), text('u'), text([0, 255])], { flags: 0xc2 })],
  ['PUBLISH without payload', packet(0x31, text('t'))],
  ['DUP with QoS 1', packet(0x3a, text('t'), id(65_535))],
  ['a topic of slashes', publish(text('/'.repeat(63)))],
  ['a topic of 1024 bytes', publish(text('t'.repeat(1024)))],
  ['a topic with a space and U+2A6D4', publish(text('a \u{2a6d4}'))],
  ['a topic with U+FEFF [MQTT-1.5.3-3]', publish(text('\ufeffa'))],
  ['a topic of Swedish', publish(text('kontor/rådhuset/matare'))],
  ['a remaining length with idle bytes', Buffer.from([0xc0, 0x80, 0x80, 0x80, 0])],
  ...['#', '+', '+/+', 'a/#', '/+', '+/', 'a/+/#', '$SYS/#'].map(
    (filter) => [`filter ${filter}`, packet(0x82, id(1), text(filter), [2])] as const,
  ),
  ['UNSUBSCRIBE of two filters', packet(0xa2, id(1), text('a/+'), text('#'))],
  ['an acknowledgement', packet(0x40, id(256))],
  ['PINGREQ', packet(0xc0)],
  ['DISCONNECT', packet(0xe0)],
];

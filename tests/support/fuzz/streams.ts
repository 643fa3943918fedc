import { chunksOf, connect, text } from '../../unit/mqtt/guard-bytes.ts';
import { allowed, answered, breaches, connectBreaches } from '../../unit/mqtt/guard-cases.ts';
import { seededUniform } from '../chance.ts';
import {
  disconnect,
  pingreq,
  puback,
  pubcomp,
  publish,
  pubrec,
  pubrel,
  subscribe,
  unsubscribe,
} from '../mqtt-wire.ts';

/** Who sends the streams, and what it may do: publish and subscribe under `kvarter/mole/`. */
export const mole = 'mole';
const login = [text(mole), text(`pw-${mole}`)];
/** Ids that several connections may have at once, and take over from each other. */
const shared = Array.from({ length: 40 }, (_, n) => text(`mole-${n}`));

/** Every packet that a client can send, valid as it stands, in the mole's own topics and just beside them. */
const packets: readonly Buffer[] = [
  publish('kvarter/mole/a'),
  publish('kvarter/mole/a', { qos: 1, id: 1, payload: 'one' }),
  publish('kvarter/mole/a', { qos: 1, id: 2, dup: true }),
  publish('kvarter/mole/b', { qos: 2, id: 3 }),
  publish('kvarter/mole/b', { qos: 2, id: 3, dup: true }),
  publish('kvarter/mole/r', { retain: true, payload: 'kept' }),
  publish('kvarter/mole/r', { retain: true, qos: 1, id: 9, payload: '' }),
  publish('kvarter/mole/large', { qos: 1, id: 4, payload: 'x'.repeat(3000) }),
  publish('kvarter/mole/å/\u{2a6d4}', { qos: 1, id: 65_535 }),
  publish('kvarter/bystander/a', { qos: 1, id: 5 }),
  publish('$SYS/x'),
  puback(1),
  pubrec(1),
  pubrel(1),
  pubrel(3),
  pubcomp(1),
  subscribe(6, ['kvarter/mole/a', 0]),
  subscribe(7, ['kvarter/mole/#', 2], ['kvarter/mole/+', 1], ['kvarter/mole/#', 1]),
  subscribe(8, ['#', 2], ['kvarter/bystander/#', 1]),
  unsubscribe(10, 'kvarter/mole/a'),
  unsubscribe(11, 'kvarter/mole/#', 'never'),
  pingreq,
  disconnect,
  // All but those that begin a connection, and would end this one.
  ...allowed.map(([, bytes]) => bytes).filter(([first]) => first !== 0x10),
];
const broken: readonly Buffer[] = [...breaches, ...connectBreaches, ...answered].map(([, , bytes]) => bytes);

const telling = [0x00, 0x01, 0x10, 0x20, 0x30, 0x7f, 0x80, 0x81, 0xc0, 0xe0, 0xfe, 0xff] as const;

/** Chance, drawn from a seed. */
class Dice {
  readonly #uniform: () => number;

  constructor(seed: string) {
    this.#uniform = seededUniform(seed);
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#uniform() * limit);
  }

  is(chance: number): boolean {
    return this.#uniform() < chance;
  }

  of<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const chosen = list[this.below(list.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most) }, () => this.below(256)));
  }
}

type Mutation = (bytes: Buffer, dice: Dice) => Buffer;

const cut = (bytes: Buffer, dice: Dice): readonly [Buffer, Buffer] => {
  const at = dice.below(bytes.length + 1);
  return [bytes.subarray(0, at), bytes.subarray(at)];
};
const set = (bytes: Buffer, at: number, byte: number): Buffer => {
  const changed = Buffer.from(bytes);
  if (changed.length > 0) changed[at % changed.length] = byte;
  return changed;
};

const mutations: readonly Mutation[] = [
  function flipBit(bytes, dice) {
    const at = dice.below(bytes.length);
    return set(bytes, at, (bytes[at] ?? 0) ^ (1 << dice.below(8)));
  },
  function setByte(bytes, dice) {
    return set(bytes, dice.below(bytes.length), dice.of(telling));
  },
  function lieAboutLength(bytes, dice) {
    // The first remaining length, or two bytes that may be the length of a field.
    const at = dice.is(0.5) ? 1 : dice.below(bytes.length);
    const lied = set(bytes, at, dice.below(256));
    return dice.is(0.3) ? set(lied, at + 1, dice.below(256)) : lied;
  },
  function truncate(bytes, dice) {
    return cut(bytes, dice)[0];
  },
  function drop(bytes, dice) {
    const [head, tail] = cut(bytes, dice);
    return Buffer.concat([head, tail.subarray(1 + dice.below(8))]);
  },
  function repeat(bytes, dice) {
    const [head, tail] = cut(bytes, dice);
    const again = tail.subarray(0, 1 + dice.below(40));
    return Buffer.concat([head, again, again, tail.subarray(again.length)]);
  },
  function insertNoise(bytes, dice) {
    const [head, tail] = cut(bytes, dice);
    return Buffer.concat([head, dice.bytes(12), tail]);
  },
  function splice(bytes, dice) {
    return Buffer.concat([cut(bytes, dice)[0], cut(dice.of(packets), dice)[1]]);
  },
];

/**
 * What one connection sends, in chunks: valid sessions that are mutated, packets that break a rule among those that do
 * not, and noise. The same for the same seed and number.
 */
export function streamOf(seed: string, number: number): Buffer[] {
  const dice = new Dice(`${seed}/${number}`);
  const bytes = dice.is(0.05) ? dice.bytes(300) : sessionOf(dice);
  return chunksOf(bytes, dice.is(0.3) ? [1_000_000] : [1 + dice.below(60), 1 + dice.below(10)]);
}

function sessionOf(dice: Dice): Buffer {
  const parts = [dice.is(0.95) ? opening(dice) : dice.of(broken)];
  for (let left = dice.below(9); left > 0; left--) {
    if (dice.is(0.04)) parts.push(dice.of(broken));
    else if (dice.is(0.03)) parts.push(dice.bytes(40));
    else parts.push(mutated(dice.of(packets), dice, 0.25));
  }
  // Late in the stream, so that most of it gets past the guard first.
  return mutated(Buffer.concat(parts), dice, 0.3);
}

function opening(dice: Dice): Buffer {
  // Kept sessions are bounded by their number; these are to come back.
  const isShared = dice.is(0.2);
  const kept = isShared && dice.is(0.5) ? 0 : 2;
  const will = dice.is(0.2);
  const id = isShared ? dice.of(shared) : text(`mole-${dice.below(1e9)}`);
  const fields = [id, ...(will ? [text('kvarter/mole/will'), text('gone')] : []), ...login];
  const flags = 0xc0 | kept | (will ? 0x04 | (dice.below(3) << 3) | (dice.below(2) << 5) : 0);
  return mutated(connect(fields, { flags, keepAliveSeconds: dice.below(3) * 30 }), dice, 0.05);
}

function mutated(bytes: Buffer, dice: Dice, chance: number): Buffer {
  let changed = bytes;
  while (dice.is(chance)) changed = dice.of(mutations)(changed, dice);
  return changed;
}

import type { Duplex } from 'node:stream';
import { codesFor, type Repeats } from '../guard/guard-repeats.ts';

type Edit = {
  /** Is it this packet, the whole of it, that is to be changed? */
  readonly isIt: (packet: Buffer) => boolean;
  readonly change: (packet: Buffer) => Buffer;
};

/**
 * Changes answers of aedes on their way to the client, where it has no hook for what they say. Stands in for
 * `stream.write` while there is one to wait for, and only then: packets are put together, seen whole and sent.
 */
export class Answers {
  readonly #stream: Duplex;
  readonly #waiting: Edit[] = [];
  #write: Duplex['write'] | undefined;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** The next packet that it is. Not to be called within a packet that is being written. */
  edit(edit: Edit): void {
    this.#waiting.push(edit);
    if (this.#write) return;
    this.#write = this.#stream.write.bind(this.#stream);
    this.#stream.write = (chunk: unknown) => this.#put(chunk);
  }

  #put(chunk: unknown): boolean {
    const write = this.#write;
    if (!write) return true;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (Buffer.isBuffer(bytes)) this.#held = Buffer.concat([this.#held, bytes]);
    let mayGoOn = true;
    for (let length = lengthOf(this.#held); length > 0; length = lengthOf(this.#held)) {
      const packet = this.#held.subarray(0, length);
      this.#held = this.#held.subarray(length);
      mayGoOn = write(this.#changed(packet));
    }
    if (this.#waiting.length === 0 && this.#held.length === 0) {
      this.#stream.write = write;
      this.#write = undefined;
    }
    return mayGoOn;
  }

  #changed(packet: Buffer): Buffer {
    const index = this.#waiting.findIndex(({ isIt }) => isIt(packet));
    const [edit] = index < 0 ? [] : this.#waiting.splice(index, 1);
    return edit ? edit.change(packet) : packet;
  }
}

/** The SUBACK of a SUBSCRIBE that names a filter more than once, which aedes answers once. */
export function subackOf(repeats: Repeats): Edit {
  return {
    isIt: (packet) => packet[0] === SUBACK && idOf(packet) === repeats.packetId,
    change: (packet) => {
      const { packetId } = repeats;
      const codes = codesFor(repeats, packet.subarray(bodyOf(packet) + 2));
      return Buffer.from([
        SUBACK,
        ...lengthBytes(2 + codes.length),
        packetId >> 8,
        packetId & 0xff,
        ...codes,
      ]);
    },
  };
}

const SUBACK = 0x90;

/** A remaining length, section 2.2.3. */
function lengthBytes(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, ...lengthBytes(length >> 7)];
}

function idOf(packet: Buffer): number {
  return packet.readUInt16BE(bodyOf(packet));
}

/** Where the body begins. */
function bodyOf(packet: Buffer): number {
  let at = 1;
  while ((packet[at] ?? 0) >= 0x80) at += 1;
  return at + 1;
}

/** The bytes of the first packet; 0 when it is not whole. */
function lengthOf(bytes: Buffer): number {
  let length = 0;
  for (let at = 1, shift = 0; at < bytes.length; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at + 1 + length <= bytes.length ? at + 1 + length : 0;
  }
  return 0;
}

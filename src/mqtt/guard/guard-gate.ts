import { type Credit, isEnough, spend } from '../bounds/credit.ts';
import { isAcknowledgement, type OutgoingFlow } from '../downstream/outgoing-flow.ts';
import {
  CONNECT,
  checkBody,
  checkFirstByte,
  DISCONNECT,
  type PacketLimits,
  PUBLISH,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from './guard-packet.ts';
import { type Repeats, repeatsOf } from './guard-repeats.ts';
import { byteAt, number16, type Violation } from './guard-text.ts';

export type GuardLimits = PacketLimits & {
  /** The whole packet, its fixed header included. */
  readonly maxPacketBytes: number;
};

/** For who names no others; `mqtt` in the configuration does. */
export const defaultLimits: GuardLimits = {
  maxPacketBytes: 256 * 1024,
  maxTopicLevels: 64,
  maxTopicBytes: 1024,
  maxFiltersPerPacket: 1000,
};

/** Takes a checked PUBLISH out of the stream: its first byte, and the body in `bytes` from `start` to `end`. */
export type TakePublish = (first: number, bytes: Buffer, start: number, end: number) => boolean;

export type GateHooks = {
  /** Is offered each PUBLISH; what it takes does not pass. */
  readonly take?: TakePublish;
  /** What the client was sent, which its acknowledgements must fit. */
  readonly sent?: OutgoingFlow;
  /** A SUBSCRIBE passes that names a filter more than once. */
  readonly onRepeats?: (repeats: Repeats) => void;
};

const EMPTY = Buffer.alloc(0);

/**
 * Lets the packets of one client through, each whole and checked, and stops at the first that breaks a rule. What it
 * holds back is never more than one packet that is not whole yet, and grows only with the bytes that did arrive: a
 * header that announces much costs nothing.
 */
export class PacketGate {
  /** Set by the packet behind the last one that was let through. Nothing passes any more. */
  violation: Violation | undefined;
  /** Whole packets that have come: passed or taken. */
  packets = 0;
  /** What is to be given again: there was no credit left for its first packet, or it waits for an UNSUBSCRIBE. */
  rest: Buffer | undefined;
  /**
   * An UNSUBSCRIBE has passed. aedes handles at the same time what it gets at the same time, and a SUBSCRIBE beside an
   * UNSUBSCRIBE has no effect there; so the next of either waits until this is set back.
   */
  isUnsubscribing = false;

  readonly #limits: GuardLimits;
  #isConnected = false;
  #isDisconnected = false;
  /** The beginning of a packet; of it, `#heldBytes` are filled and `#wantedBytes` must be there before a new look. */
  #held: Buffer = EMPTY;
  #heldBytes = 0;
  #wantedBytes = 0;

  readonly #hooks: GateHooks;

  constructor(limits: GuardLimits, hooks: GateHooks = {}) {
    this.#limits = limits;
    this.#hooks = hooks;
  }

  /** What it keeps of a packet that is not whole yet, bytes. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** The packets that are whole with this chunk; null when there are none. A view of the chunk wherever it can be. */
  pass(chunk: Buffer, credit?: Credit): Buffer | null {
    this.rest = undefined;
    if (this.violation || this.#isDisconnected) return null;
    let bytes = chunk;
    if (this.#heldBytes > 0) {
      if (this.#heldBytes + chunk.length < this.#wantedBytes) {
        this.#hold(chunk);
        return null;
      }
      bytes = Buffer.concat([this.#held.subarray(0, this.#heldBytes), chunk]);
      this.#held = EMPTY;
      this.#heldBytes = 0;
    }
    const kept: Buffer[] = [];
    const { start, end } = this.#check(bytes, kept, credit);
    if (start === 0 && end === bytes.length && end > 0) return bytes;
    if (start < end) kept.push(bytes.subarray(start, end));
    const [only = null] = kept;
    return kept.length > 1 ? Buffer.concat(kept) : only;
  }

  /**
   * Where the last run of whole packets that pass lies; runs before it, which end at a packet that was taken, are added
   * to `kept`. Holds what is behind it when that may still become a packet.
   */
  #check(
    bytes: Buffer,
    kept: Buffer[],
    credit: Credit | undefined,
  ): { readonly start: number; readonly end: number } {
    const { maxPacketBytes } = this.#limits;
    let start = 0;
    let runFrom = 0;
    while (start < bytes.length) {
      const first = byteAt(bytes, start);
      const violation = checkFirstByte(first, this.#isConnected);
      if (violation) return this.#stop(violation, runFrom, start);

      // The remaining length: 7 bits a byte, the lowest first, at most 4 bytes (section 2.2.3).
      let body = start + 1;
      let length = 0;
      let shift = 0;
      for (;;) {
        if (body === bytes.length) return this.#wait(bytes, runFrom, start, body + 1 - start);
        const byte = byteAt(bytes, body);
        body += 1;
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
        shift += 7;
        if (shift > 21) {
          return this.#stop(
            { clause: 'MQTT-4.8.0-1', detail: 'remaining length of more than 4 bytes' },
            runFrom,
            start,
          );
        }
      }

      const end = body + length;
      if (end - start > maxPacketBytes) {
        const detail = `packet of ${end - start} bytes, at most ${maxPacketBytes}`;
        return this.#stop({ clause: 'mqtt.maxPacketKb', detail }, runFrom, start);
      }
      const type = first >> 4;
      if (end > bytes.length) {
        if (!credit || isEnough(credit, type)) return this.#wait(bytes, runFrom, start, end - start);
        this.rest = bytes.subarray(start);
        break;
      }

      const flaw = checkBody(first, bytes, body, end, this.#limits) ?? this.#checkSent(type, bytes, body);
      if (flaw) return this.#stop(flaw, runFrom, start);
      const mustWait = this.isUnsubscribing && (type === SUBSCRIBE || type === UNSUBSCRIBE);
      if (mustWait || (credit && !spend(credit, type, end - start))) {
        this.rest = bytes.subarray(start);
        break;
      }
      if (type === UNSUBSCRIBE) this.isUnsubscribing = true;
      if (type === SUBSCRIBE) this.#findRepeats(bytes, body, end);
      if (type === PUBLISH && this.#hooks.take?.(first, bytes, body, end)) {
        if (runFrom < start) kept.push(bytes.subarray(runFrom, start));
        runFrom = end;
      }
      start = end;
      this.packets += 1;
      if (type === CONNECT) this.#isConnected = true;
      else if (type === DISCONNECT) {
        // [MQTT-3.14.4-2]: nothing may follow. aedes would still act on what stands in the same chunk.
        this.#isDisconnected = true;
        break;
      }
    }
    return { start: runFrom, end: start };
  }

  #checkSent(type: number, bytes: Buffer, start: number): Violation | undefined {
    return isAcknowledgement(type) ? this.#hooks.sent?.acknowledge(type, number16(bytes, start)) : undefined;
  }

  #findRepeats(bytes: Buffer, start: number, end: number): void {
    const { onRepeats } = this.#hooks;
    const repeats = onRepeats && repeatsOf(bytes, start, end);
    if (repeats) onRepeats(repeats);
  }

  #stop(violation: Violation, start: number, end: number) {
    this.violation = violation;
    return { start, end };
  }

  #wait(bytes: Buffer, start: number, end: number, wantedBytes: number) {
    this.#wantedBytes = wantedBytes;
    // Copied: a view would keep alive the whole chunk, 64 KiB, for as long as the client is silent.
    this.#hold(bytes.subarray(end));
    return { start, end };
  }

  #hold(chunk: Buffer): void {
    const heldBytes = this.#heldBytes + chunk.length;
    if (heldBytes > this.#held.length) {
      // Doubled, so that a packet that comes byte by byte is not copied at each of them.
      const grown = Buffer.allocUnsafe(Math.max(heldBytes, Math.min(this.#wantedBytes, 2 * heldBytes)));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#heldBytes);
    this.#heldBytes = heldBytes;
  }
}

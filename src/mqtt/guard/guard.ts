import type { Duplex } from 'node:stream';
import type { Credit } from '../bounds/credit.ts';
import { type GateHooks, type GuardLimits, PacketGate } from './guard-gate.ts';
import type { Violation } from './guard-text.ts';

/** What the guard tells of a connection while bytes come. */
export type GuardHooks = GateHooks & {
  /** Whole, sound packets have come. */
  readonly heard?: () => void;
  /** Resolves when what was taken is acknowledged: a connection is not closed on it. */
  readonly settled?: () => Promise<void>;
  /** How fast it is read. */
  readonly valve?: Valve;
  /** So much is kept of a packet that is not whole yet, bytes; 0 when it is whole. */
  readonly held?: (bytes: number) => void;
};

export type Guard = {
  /** aedes has done with an UNSUBSCRIBE that has passed. */
  readonly unsubscribed: () => void;
};

/** Bounds what passes. Who shuts it makes the stream say `readable` when it is open again. */
export type Valve = {
  readonly isShut: () => boolean;
  readonly credit: () => Credit;
  /** Some have passed; `ranOut`: not all that were there. */
  readonly passed: (ranOut: boolean) => void;
};

/**
 * Stands in front of aedes, which believes what it reads: packet id 0, U+0000, will QoS 3 and packets of any size. Call
 * it before `aedes.handle(stream)`. It takes the place of `stream.read`, the one door through which aedes takes bytes,
 * so there is no second stream to copy through.
 *
 * After a violation the stream is destroyed with an error that names the clause, when aedes comes back for more: once a
 * session runs, that is when it has dealt with what came before.
 */
export function guardStream(stream: Duplex, limits: GuardLimits, hooks: GuardHooks = {}): Guard {
  const gate = new PacketGate(limits, hooks);
  const { valve } = hooks;
  const read = stream.read.bind(stream);
  let heldBytes = 0;
  let isHeldUp = false;
  let isClosing = false;
  const refuse = (violation: Violation) => {
    if (isClosing) return;
    isClosing = true;
    if (hooks.settled) hooks.settled().then(() => close(stream, violation));
    else close(stream, violation);
  };
  stream.read = (size?: number) => {
    if (gate.violation) {
      refuse(gate.violation);
      return null;
    }
    // Node's own, to fill its buffer: so much is read of a client that is shut, too.
    if (size === 0) return read(0);
    if (isHeldUp || valve?.isShut()) return null;
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const before = gate.packets;
    const packets = gate.pass(chunk, valve?.credit());
    // Back into the stream: its end is not told before all that came is dealt with.
    if (gate.rest) stream.unshift(gate.rest);
    isHeldUp = gate.rest !== undefined && gate.isUnsubscribing;
    valve?.passed(gate.rest !== undefined && !isHeldUp);
    if (gate.packets > before) {
      hooks.heard?.();
      if (heldBytes > 0) hooks.held?.(0);
      heldBytes = 0;
    }
    if (gate.heldBytes !== heldBytes) {
      heldBytes = gate.heldBytes;
      hooks.held?.(heldBytes);
    }
    if (packets === null && gate.violation) refuse(gate.violation);
    return packets;
  };
  return {
    unsubscribed: () => {
      gate.isUnsubscribing = false;
      if (!isHeldUp) return;
      isHeldUp = false;
      // Not at once: aedes may be at it still, within its parser, which does not bear to be called from within.
      setImmediate(() => stream.emit('readable'));
    },
  };
}

function close(stream: Duplex, { clause, detail, returnCode }: Violation): void {
  const error = new Error(`[${clause}] ${detail}`);
  if (returnCode === undefined) {
    stream.destroy(error);
    return;
  }
  const connack = Buffer.from([0x20, 2, 0, returnCode]);
  stream.end(connack, () => stream.destroy(error));
}

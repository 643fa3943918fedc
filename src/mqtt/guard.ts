import type { Duplex } from 'node:stream';
import { type GuardLimits, PacketGate, type TakePublish } from './guard-gate.ts';
import type { Violation } from './guard-text.ts';

/** What the guard tells of a connection while bytes come. */
export type GuardHooks = {
  readonly take?: TakePublish;
  /** Whole, sound packets have come. */
  readonly heard?: () => void;
  /** Resolves when what was taken is acknowledged: a connection is not closed on it. */
  readonly settled?: () => Promise<void>;
};

/**
 * Stands in front of aedes, which believes what it reads: packet id 0, U+0000, will QoS 3 and packets of any size. Call
 * it before `aedes.handle(stream)`. It takes the place of `stream.read`, the one door through which aedes takes bytes,
 * so there is no second stream to copy through.
 *
 * After a violation the stream is destroyed with an error that names the clause, when aedes comes back for more: once a
 * session runs, that is when it has dealt with what came before.
 */
export function guardStream(stream: Duplex, limits: GuardLimits, hooks: GuardHooks = {}): void {
  const gate = new PacketGate(limits, hooks.take);
  const read = stream.read.bind(stream);
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
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const before = gate.packets;
    const packets = gate.pass(chunk);
    if (gate.packets > before) hooks.heard?.();
    if (packets === null && gate.violation) refuse(gate.violation);
    return packets;
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

import type { Duplex } from 'node:stream';
import { type GuardLimits, PacketGate } from './guard-gate.ts';
import type { Violation } from './guard-text.ts';

/**
 * Stands in front of aedes, which believes what it reads: packet id 0, U+0000, will QoS 3 and packets of any size. Call
 * it before `aedes.handle(stream)`. It takes the place of `stream.read`, the one door through which aedes takes bytes,
 * so there is no second stream to copy through.
 *
 * After a violation the stream is destroyed with an error that names the clause, when aedes comes back for more: once a
 * session runs, that is when it has dealt with what came before.
 */
export function guardStream(stream: Duplex, limits: GuardLimits): void {
  const gate = new PacketGate(limits);
  const read = stream.read.bind(stream);
  let isClosing = false;
  const refuse = (violation: Violation) => {
    if (isClosing) return;
    isClosing = true;
    close(stream, violation);
  };
  stream.read = (size?: number) => {
    if (gate.violation) {
      refuse(gate.violation);
      return null;
    }
    const chunk: Buffer | null = read(size);
    if (chunk === null) return null;
    const packets = gate.pass(chunk);
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

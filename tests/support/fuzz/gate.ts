import { createRequire } from 'node:module';
import { defaultLimits, PacketGate } from '../../../src/mqtt/guard/guard-gate.ts';
import { streamOf } from './streams.ts';

type Parser = {
  readonly parse: (bytes: Buffer) => number;
  readonly on: (event: 'packet' | 'error', listener: (value: unknown) => void) => Parser;
};

/** aedes's parser. */
const { parser }: { parser: () => Parser } = createRequire(createRequire(import.meta.url).resolve('aedes'))(
  'mqtt-packet',
);

export type Gate = Pick<PacketGate, 'violation' | 'rest' | 'isUnsubscribing' | 'pass'>;

export type GateReport = { streams: number; passedPackets: number; refusedStreams: number };

/**
 * Sends streams through the gate and what passes through aedes's parser.
 *
 * @throws at the first stream where either throws, the parser finds fault with what passed, or it matters to the gate
 *   how the stream is cut
 */
export function fuzzGate(
  seed: string,
  from: number,
  to: number,
  openGate: () => Gate = () => new PacketGate(defaultLimits),
): GateReport {
  const report: GateReport = { streams: 0, passedPackets: 0, refusedStreams: 0 };
  for (let number = from; number < to; number++) {
    const chunks = streamOf(seed, number);
    try {
      const cut = through(openGate(), chunks);
      const whole = through(openGate(), [Buffer.concat(chunks)]);
      if (!cut.passed.equals(whole.passed) || cut.clause !== whole.clause) {
        throw new Error(`cut: ${cut.clause}, in one: ${whole.clause}`);
      }
      const parsed = parser();
      parsed.on('packet', () => {
        report.passedPackets += 1;
      });
      parsed.on('error', (error) => {
        throw error;
      });
      if (parsed.parse(cut.passed) > 0) throw new Error('what passed is not made of whole packets');
      report.streams += 1;
      if (cut.clause !== undefined) report.refusedStreams += 1;
    } catch (cause) {
      const bytes = Buffer.concat(chunks).toString('hex');
      throw new Error(`stream ${number} of seed ${seed}: ${bytes}`, { cause });
    }
  }
  return report;
}

function through(gate: Gate, chunks: readonly Buffer[]) {
  const passed: Buffer[] = [];
  for (const chunk of chunks) {
    let next: Buffer | undefined = chunk;
    while (next) {
      passed.push(gate.pass(next) ?? Buffer.alloc(0));
      gate.isUnsubscribing = false;
      next = gate.rest;
    }
  }
  return { passed: Buffer.concat(passed), clause: gate.violation?.clause };
}

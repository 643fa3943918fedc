import { KvarterError } from '../domain/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Packet } from './ingest.ts';

/** The journal, as requests may use it. */
export type Intake = Pick<Journal, 'append' | 'isFull'>;

/** Journaled as one frame: live packets get their turn between, and readers hold whole frames in memory. */
const APPEND_BYTES = 128 * 1024;

/** Resolves when the packet is durable. A full journal refuses at once: a request can come again, a sensor cannot. */
export async function takeIn(journal: Intake, packet: Packet): Promise<void> {
  if (journal.isFull()) {
    throw new KvarterError(
      'journal-write-failed',
      'the journal is full: live readings go first, this can be sent again later',
    );
  }
  await journal.append(packet);
}

/** Resolves when all are durable. A failure in between leaves a part, which is stored once when all is sent again. */
export async function takeInAll(journal: Intake, packets: Iterable<Packet>): Promise<void> {
  let waiting: Promise<void>[] = [];
  let bytes = 0;
  for (const packet of packets) {
    waiting.push(takeIn(journal, packet));
    bytes += packet.payload.length;
    if (bytes < APPEND_BYTES) continue;
    await Promise.all(waiting);
    waiting = [];
    bytes = 0;
  }
  await Promise.all(waiting);
}

import type { Packet } from './ingest.ts';
import type { Quarantine } from './quarantine.ts';
import type { QuarantineRow, QuarantineSelection } from './quarantine-rows.ts';

export type Replayed = { readonly packets: number; readonly rows: number };

/** Rows at once; live packets get their turn between. */
const PAGE = 500;

/**
 * Takes rejected packets in again, as of when they came: undated readings keep their time. Rows go once their packets
 * are journaled; what is rejected again comes back as new rows. Rows that come in meanwhile are left alone, so that it
 * ends. A crash in between leaves rows to replay again, which stores nothing twice.
 */
export async function replayQuarantine(
  quarantine: Pick<Quarantine, 'list' | 'newestId' | 'discardPackets'>,
  append: (packet: Packet) => Promise<void>,
  selection: QuarantineSelection,
): Promise<Replayed> {
  const upToId = quarantine.newestId();
  let [packets, rows, after] = [0, 0, 0];
  for (;;) {
    const page = quarantine.list({ ...selection, after, limit: PAGE }).filter(({ id }) => id <= upToId);
    const last = page.at(-1);
    if (last === undefined) return { packets, rows };
    after = last.id;
    const distinct = distinctPackets(page);
    await Promise.all(distinct.map((row) => append(packetOf(row))));
    packets += distinct.length;
    rows += quarantine.discardPackets(distinct, upToId);
  }
}

/** A packet with two faults has two rows. */
function distinctPackets(rows: readonly QuarantineRow[]): readonly QuarantineRow[] {
  const seen = new Map<string, QuarantineRow>();
  for (const row of rows) {
    const payload = Buffer.from(row.payload).toString('latin1');
    seen.set(JSON.stringify([row.receivedAtMs, row.topic, payload, row.sender]), row);
  }
  return [...seen.values()];
}

/** It keeps its sender: taking in again what was nobody's to say does not make it true. */
function packetOf({ topic, payload, receivedAtMs, sender }: QuarantineRow): Packet {
  return { kind: 'packet', topic, payload, receivedAtMs, ...(sender === undefined ? {} : { sender }) };
}

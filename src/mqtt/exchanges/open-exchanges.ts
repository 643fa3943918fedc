import { z } from 'zod';
import type { JournalRecord } from '../../journal/journal.ts';

/** The packet ids of each client's exchanges that are open at some place of the journal. */
export type OpenExchanges = ReadonlyMap<string, ReadonlySet<number>>;

/** What is open behind a record, from what was open before it. */
export function foldExchange(open: Map<string, Set<number>>, record: JournalRecord): void {
  if (record.kind === 'tick' || record.kind === 'start' || !record.exchange) return;
  const { client, packetId } = record.exchange;
  const ids = open.get(client);
  if (record.kind === 'packet') {
    if (ids) ids.add(packetId);
    else open.set(client, new Set([packetId]));
    return;
  }
  // Packet id 0: all of the client's.
  if (packetId !== 0) ids?.delete(packetId);
  if (packetId === 0 || ids?.size === 0) open.delete(client);
}

const snapshotSchema = z.array(z.tuple([z.string(), z.array(z.int().min(1).max(65_535))]));

export function exchangesText(open: OpenExchanges): string {
  return JSON.stringify([...open].map(([client, ids]) => [client, [...ids]]));
}

/** @throws when the text is none that `exchangesText` has made. */
export function parseExchanges(text: string): Map<string, Set<number>> {
  return new Map(snapshotSchema.parse(JSON.parse(text)).map(([client, ids]) => [client, new Set(ids)]));
}

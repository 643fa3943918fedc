import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Suggestion } from '../decode/decode.ts';
import { isQuantity, type Quantity } from '../domain/quantity.ts';
import { inTransaction } from '../domain/transaction.ts';

const suggestionSchema = z.object({
  device: z.string(),
  alsoKnownAs: z.array(z.string()),
  model: z.string(),
  title: z.string(),
  quantities: z.array(z.custom<Quantity>((name) => typeof name === 'string' && isQuantity(name))),
});

/** Devices that gateways have told about, registered or not, over restarts. */
export interface DeviceSuggestions {
  note(suggestions: readonly Suggestion[]): void;
  /** Those that are in no row of the register, by name. */
  unregistered(): readonly Suggestion[];
}

/** Past this many, the one that was told of longest ago is forgotten. */
const MOST = 10_000;

export function openDeviceSuggestions(
  db: DatabaseSync,
  isRegistered: (device: string) => boolean,
): DeviceSuggestions {
  db.exec(
    'CREATE TABLE IF NOT EXISTS device_suggestions (device TEXT PRIMARY KEY, suggestion TEXT NOT NULL) STRICT',
  );
  const put = db.prepare('INSERT OR REPLACE INTO device_suggestions (device, suggestion) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM device_suggestions WHERE device = ?');
  const known = new Map<string, Suggestion>();
  for (const { suggestion } of db.prepare('SELECT suggestion FROM device_suggestions ORDER BY rowid').all()) {
    const parsed = suggestionSchema.safeParse(JSON.parse(String(suggestion)));
    if (parsed.success) known.set(parsed.data.device, parsed.data);
  }
  return {
    note: (suggestions) => {
      const news = suggestions.filter((one) => JSON.stringify(known.get(one.device)) !== JSON.stringify(one));
      if (news.length === 0) return;
      for (const one of news) {
        known.delete(one.device);
        known.set(one.device, one);
      }
      const old = [...known.keys()].slice(0, Math.max(known.size - MOST, 0));
      for (const device of old) known.delete(device);
      inTransaction(db, () => {
        for (const one of news) put.run(one.device, JSON.stringify(one));
        for (const device of old) remove.run(device);
      });
    },
    unregistered: () =>
      [...known.values()]
        .filter(({ device, alsoKnownAs }) => ![device, ...alsoKnownAs].some(isRegistered))
        .toSorted((a, b) => (a.device < b.device ? -1 : 1)),
  };
}

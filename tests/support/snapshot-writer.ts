import { inTransaction } from '../../src/domain/transaction.ts';
import { openCheckpoints } from '../../src/journal/checkpoints.ts';
import type { Cursor } from '../../src/journal/journal.ts';
import { openStateDb } from '../../src/journal/state-db.ts';
import type { Part } from '../../src/rules/engine.ts';
import { openSnapshotFiles } from '../../src/workers/snapshot-files.ts';

// Run by itself, to be killed: writes one snapshot after the other, each of a place with a number that is in every part, and says so.

const [dir = ''] = process.argv.slice(2);
const { db, synced } = openStateDb(dir);
const checkpoints = openCheckpoints(db);
const place = checkpoints.load('rules');
const files = openSnapshotFiles({ dir, text: place?.snapshot, synced });
for (let number = Number(place?.cursor ?? 0) + 1; ; number += 1) {
  await files.keep(partsOf(number), (text) =>
    inTransaction(db, () => checkpoints.save('rules', String(number) as Cursor, text)),
  );
  process.send?.('kept');
}

/** Not always as large: what a longer one left behind must not be read. */
function* partsOf(number: number): Iterable<Part> {
  for (let part = 0; part < 60 + (number % 7) * 10; part += 1) {
    yield [`rule ${number}`, 'x'.repeat(20_000)];
  }
}

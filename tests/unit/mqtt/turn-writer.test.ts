import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { TurnWriter } from '../../../src/mqtt/sessions/turn-writer.ts';

function open() {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)');
  const put = db.prepare('INSERT INTO numbers VALUES (?)');
  const memory: number[] = [];
  const problems: string[] = [];
  const writer = new TurnWriter({
    db,
    clear: () => db.exec('DELETE FROM numbers'),
    writeAll: (write) => {
      for (const n of memory) write(put, n);
    },
    onProblem: ({ message }) => problems.push(message),
  });
  const add = (n: number) => {
    memory.push(n);
    writer.add(put, n);
  };
  const stored = () =>
    db
      .prepare('SELECT n FROM numbers ORDER BY n')
      .all()
      .map(({ n }) => n);
  return { db, add, writer, stored, problems, memory };
}

it('what is added in one turn is written in one transaction, before anybody is told', async () => {
  const { db, add, writer, stored } = open();
  add(1);
  add(2);
  expect([stored(), db.isTransaction]).toEqual([[], false]);
  await writer.flushed();
  expect(stored()).toEqual([1, 2]);
});

it('when writing fails it is told once, nobody waits, and later all there is is written anew', async () => {
  const { db, add, writer, stored, problems, memory } = open();
  add(1);
  await writer.flushed();
  db.exec('ALTER TABLE numbers RENAME TO away');
  add(2);
  await writer.flushed();
  add(3);
  await writer.flushed();
  expect(problems).toHaveLength(1);
  db.exec('ALTER TABLE away RENAME TO numbers');
  // What is no more in memory is not brought back.
  memory.splice(memory.indexOf(1), 1);
  await expect.poll(stored, { timeout: 5000 }).toEqual([2, 3]);
  add(4);
  await writer.flushed();
  expect(stored()).toEqual([2, 3, 4]);
});

it('what is added last is written when it is disposed', () => {
  const { add, writer, stored } = open();
  add(1);
  writer[Symbol.dispose]();
  expect(stored()).toEqual([1]);
});

/** All of the work or nothing of it: an SQLite transaction that is rolled back when the work throws. */
export function inTransaction(db: { exec(sql: string): void }, work: () => void): void {
  db.exec('BEGIN');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

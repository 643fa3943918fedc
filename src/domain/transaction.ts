/** All of the work or nothing of it: an SQLite transaction that is rolled back when the work throws. */
export function inTransaction(
  db: { exec(sql: string): void; readonly isTransaction: boolean },
  work: () => void,
): void {
  db.exec('BEGIN');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // A failure such as a full disk may have ended the transaction already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

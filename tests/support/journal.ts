import type { Cursor, Frame, Journal, JournalRecord } from '../../src/journal/journal.ts';

/** The frames that can be read from a place on, up to the head as it is when the call is made. */
export async function readAll(journal: Journal, from?: Cursor): Promise<Frame[]> {
  const frames: Frame[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const frame of journal.read(from, stop.signal)) {
      frames.push(frame);
      if (frame.records.some(isEnd)) stop.abort();
    }
  })();
  // A record of its own ends the reading, wherever damage makes the readers jump to.
  await Promise.all([reading, journal.append(END)]);
  return frames
    .map((frame) => ({ ...frame, records: frame.records.filter((record) => !isEnd(record)) }))
    .filter(({ records }) => records.length > 0);
}

export async function readRecords(journal: Journal, from?: Cursor): Promise<JournalRecord[]> {
  return (await readAll(journal, from)).flatMap((frame) => frame.records);
}

const END: JournalRecord = { kind: 'tick', atMs: -1 };
const isEnd = (record: JournalRecord) => record.kind === 'tick' && record.atMs === -1;

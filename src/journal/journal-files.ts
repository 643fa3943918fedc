import { constants, open } from 'node:fs/promises';

/** What the journal does to a file that it appends to. `FileHandle` of `node:fs/promises` is one. */
export interface JournalFile {
  /** May write less than it was given, as the system call may. */
  write(
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** Where the journal's files are; a test puts one here that fails. */
export interface JournalFiles {
  /** Opens a file for writing anywhere in it, and makes it when it is not there. */
  open(path: string): Promise<JournalFile>;
}

export const diskFiles: JournalFiles = {
  open: (path) => open(path, constants.O_RDWR | constants.O_CREAT),
};

import type { DatabaseSync } from 'node:sqlite';
import type { Register } from '../domain/register.ts';
import { type DeviceBook, openDeviceBook } from '../ingest/device-book.ts';

const SAVE_MS = 5000;
/** Saved at once: some 20 ms. Of 50,000 devices that all speak, each is saved once in a minute or so. */
const MOST_AT_ONCE = 4000;

/** The device book, saved now and then, and when it is closed. A crash costs what a few packets have told of rhythm. */
export function keepDeviceBook(
  db: DatabaseSync,
  register: () => Register,
  onTrouble: (error: Error, retryInMs: number) => void,
): DeviceBook & Disposable {
  const book = openDeviceBook(db, (device) => register().devices.has(device));
  const save = (most?: number) => {
    try {
      book.save(most);
    } catch (cause) {
      onTrouble(cause instanceof Error ? cause : new Error(String(cause)), SAVE_MS);
    }
  };
  const saving = setInterval(save, SAVE_MS, MOST_AT_ONCE);
  return {
    ...book,
    [Symbol.dispose]: () => {
      clearInterval(saving);
      save();
    },
  };
}

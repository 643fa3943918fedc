import type { DatabaseSync } from 'node:sqlite';
import type { Suggestion } from '../decode/decode.ts';
import { asError } from '../domain/errors.ts';
import type { Register } from '../domain/register.ts';
import { type DeviceBook, type HeardFrame, openDeviceBook } from '../ingest/device-book.ts';
import { type DeviceSuggestions, openDeviceSuggestions } from '../ingest/device-suggestions.ts';

const SAVE_MS = 5000;
/** Saved at once: some 20 ms. Of 50,000 devices that all speak, each is saved once in a minute or so. */
const MOST_AT_ONCE = 4000;

export type KeptDeviceBook = Omit<DeviceBook, 'observe'> & {
  readonly observe: (frame: HeardFrame & { readonly suggestions: readonly Suggestion[] }) => void;
  /** Devices that gateways tell about and nobody has registered. */
  readonly suggested: DeviceSuggestions['unregistered'];
} & Disposable;

/** The device book, saved now and then, and when it is closed. A crash costs what a few packets have told of rhythm. */
export function keepDeviceBook(
  db: DatabaseSync,
  register: () => Register,
  onTrouble: (error: Error, retryInMs: number) => void,
): KeptDeviceBook {
  const isRegistered = (device: string) => register().devices.has(device);
  const book = openDeviceBook(db, isRegistered);
  const suggestions = openDeviceSuggestions(db, isRegistered);
  const save = (most?: number) => {
    try {
      book.save(most);
    } catch (cause) {
      onTrouble(asError(cause), SAVE_MS);
    }
  };
  const saving = setInterval(save, SAVE_MS, MOST_AT_ONCE);
  return {
    ...book,
    suggested: suggestions.unregistered,
    // Whatever fails here must not keep the frame's readings from the store.
    observe: (frame) => {
      try {
        book.observe(frame);
        if (frame.suggestions.length > 0) suggestions.note(frame.suggestions);
      } catch (cause) {
        onTrouble(asError(cause), 0);
      }
    },
    [Symbol.dispose]: () => {
      clearInterval(saving);
      save();
    },
  };
}

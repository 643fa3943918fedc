import { Buffer } from 'node:buffer';

/** All that a forecaster remembers, in one block of numbers: kept, copied and compared as one. */
export type Arena = {
  /** The next `length` numbers, each `initial`. All are taken before anything is restored. */
  readonly take: (length: number, initial?: number) => Float64Array;
  /** Base64 of the block. */
  readonly save: () => string;
  /** False when it is not of this size: nothing is changed then. */
  readonly load: (saved: string) => boolean;
};

export function createArena(): Arena {
  const parts: Float64Array[] = [];
  const length = () => parts.reduce((sum, part) => sum + part.length, 0);
  return {
    take: (size, initial = 0) => {
      const part = new Float64Array(size).fill(initial);
      parts.push(part);
      return part;
    },
    save: () => {
      const all = new Float64Array(length());
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return Buffer.from(all.buffer).toString('base64');
    },
    load: (saved) => {
      const bytes = Buffer.from(saved, 'base64');
      if (bytes.length !== length() * Float64Array.BYTES_PER_ELEMENT) return false;
      const all = new Float64Array(new Uint8Array(bytes).buffer);
      let at = 0;
      for (const part of parts) {
        part.set(all.subarray(at, at + part.length));
        at += part.length;
      }
      return true;
    },
  };
}

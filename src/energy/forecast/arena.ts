import { Buffer } from 'node:buffer';

/** All that a forecaster remembers, in one block of numbers: kept, restored and forgotten as one. */
export type Arena = {
  /** The next `length` numbers; `initial` is repeated. All are taken before anything is loaded. */
  readonly take: (length: number, initial?: number | readonly number[]) => Float64Array;
  /** Makes everything as it was when it was taken. */
  readonly reset: () => void;
  /** Base64 of the block. */
  readonly save: () => string;
  /** False when it is not of this size: nothing is changed then. */
  readonly load: (saved: string) => boolean;
};

export function createArena(): Arena {
  const parts: { readonly numbers: Float64Array; readonly fill: () => void }[] = [];
  const length = () => parts.reduce((sum, { numbers }) => sum + numbers.length, 0);
  return {
    take: (size, initial = 0) => {
      const numbers = new Float64Array(size);
      const pattern = typeof initial === 'number' ? [initial] : initial;
      const fill = () => {
        for (let i = 0; i < size; i += 1) numbers[i] = pattern[i % pattern.length] ?? 0;
      };
      fill();
      parts.push({ numbers, fill });
      return numbers;
    },
    reset: () => {
      for (const { fill } of parts) fill();
    },
    save: () => {
      const all = new Float64Array(length());
      let at = 0;
      for (const { numbers } of parts) {
        all.set(numbers, at);
        at += numbers.length;
      }
      return Buffer.from(all.buffer).toString('base64');
    },
    load: (saved) => {
      const bytes = Buffer.from(saved, 'base64');
      if (bytes.length !== length() * Float64Array.BYTES_PER_ELEMENT) return false;
      const all = new Float64Array(new Uint8Array(bytes).buffer);
      let at = 0;
      for (const { numbers } of parts) {
        numbers.set(all.subarray(at, at + numbers.length));
        at += numbers.length;
      }
      return true;
    },
  };
}

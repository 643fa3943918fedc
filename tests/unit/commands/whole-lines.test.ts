import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wholeLines } from '../../../src/commands/whole-lines.ts';

const TEXT = 'Kärl 1;å\r\nKärl 2;ö\r\nslut €';

/** The parts that come of bytes which arrive cut at a place. */
async function partsOf(bytes: Uint8Array, cut: number): Promise<string[]> {
  const chunks = (async function* () {
    yield bytes.subarray(0, cut);
    yield bytes.subarray(cut);
  })();
  const parts: string[] = [];
  for await (const part of wholeLines(chunks, 'file.csv')) parts.push(part);
  return parts;
}

const bigEnd = Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16();
const windows = Buffer.from(TEXT.replace('€', '\x80'), 'latin1');

it.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
  ['UTF-16, big end first', bigEnd],
  ['the code page of Windows', windows],
])('%s is read in whole lines, wherever it is cut', async (_, bytes) => {
  const place = fc.integer({ min: 2, max: bytes.length });
  await fc.assert(
    fc.asyncProperty(place, async (cut) => {
      const parts = await partsOf(bytes, cut);
      expect(parts.join('')).toBe(TEXT);
      expect(parts.slice(0, -1).every((part) => part.endsWith('\n'))).toBe(true);
    }),
  );
});

it('what is packed is refused in a sentence', async () => {
  await expect(partsOf(gzipSync(TEXT), 5)).rejects.toThrow(
    'file.csv: cannot be read (it is packed by gzip: unpack it first)',
  );
});

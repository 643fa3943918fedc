import type { Duplex } from 'node:stream';

const MB = 1024 * 1024;
const LOOK_MS = 250;

/**
 * What was sent to clients and they have not read, of all together. At the bound the connection with the most of it goes:
 * of a kept session what was not acknowledged comes again when the client is back.
 */
export function watchBacklog(
  maxTotalMb: number,
  streams: () => Iterable<Duplex>,
): { readonly inUse: () => Readonly<Record<string, number>> } & Disposable {
  const look = () => {
    let bytes = 0;
    const behind: Duplex[] = [];
    for (const stream of streams()) {
      if (stream.writableLength === 0 || stream.destroyed) continue;
      bytes += stream.writableLength;
      behind.push(stream);
    }
    return { bytes, behind };
  };
  const timer = setInterval(() => {
    const found = look();
    if (found.bytes <= maxTotalMb * MB) return;
    for (const stream of found.behind.toSorted((a, b) => b.writableLength - a.writableLength)) {
      if (found.bytes <= maxTotalMb * MB) return;
      found.bytes -= stream.writableLength;
      stream.destroy(
        new Error(`[mqtt.maxBacklogTotalMb] ${stream.writableLength} bytes wait for it to be read`),
      );
    }
  }, LOOK_MS);
  return {
    inUse: () => {
      const { bytes, behind } = look();
      let most = 0;
      for (const { writableLength } of behind) most = Math.max(most, writableLength);
      return { maxBacklogTotalMb: bytes / MB, maxBacklogKb: most / 1024 };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

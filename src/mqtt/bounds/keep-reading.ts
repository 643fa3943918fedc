import type { Duplex } from 'node:stream';

/** More packets than one client can have on their way in aedes. */
const MOST_PACKETS = 100_000;

/**
 * Makes aedes read on although packets of the client are on their way. Left to itself it reads a client when it has dealt
 * with what came before, so a PINGREQ waits as long as a QoS 2 publish waits for the journal: while a store is down,
 * until the client gives up. aedes takes each `readable` for a packet that is dealt with, so it is told until it reads.
 * What it may read is the valve's to say. Call it behind `aedes.handle(stream)`.
 */
export function keepReading(stream: Duplex, isReady: () => boolean): void {
  const read = stream.read.bind(stream);
  let isRead = false;
  let isTelling = false;
  stream.read = (size?: number) => {
    // Node itself asks for 0.
    if (size !== 0) isRead = true;
    return read(size);
  };
  // Before aedes hears of it: it also reads in between, when something is dealt with.
  stream.prependListener('readable', () => {
    if (!isTelling) isRead = false;
  });
  stream.on('readable', () => {
    if (isTelling) return;
    isTelling = true;
    for (let told = 0; !isRead && told < MOST_PACKETS && !stream.destroyed && isReady(); told++) {
      stream.emit('readable');
    }
    isTelling = false;
  });
}

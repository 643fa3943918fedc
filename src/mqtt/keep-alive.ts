import type { Duplex } from 'node:stream';

/** Closes connections from which no packet comes for too long. */
export type KeepAlive = {
  /** From now on a whole packet must come within 1.5 × the keep-alive [MQTT-3.1.2-24]; 0 asks for no watch. */
  readonly watch: (stream: Duplex, keepAliveSeconds: number) => void;
  /** A whole packet has come. */
  readonly heard: (stream: Duplex) => void;
} & Disposable;

const SWEEP_MS = 500;
/** Sweeps until silence is too long; one more than fits, because the first of them comes early. */
const sweepsOf = (keepAliveSeconds: number) => Math.ceil((keepAliveSeconds * 1500) / SWEEP_MS) + 1;

type Watched = { readonly most: number; silent: number };

/**
 * One timer for all connections, instead of one each that is moved at every packet: hearing of a client costs the
 * setting of a number. aedes's own timers see only what passes the publish lane by.
 */
export function createKeepAlive(): KeepAlive {
  const watched = new Map<Duplex, Watched>();
  const timer = setInterval(() => {
    for (const [stream, each] of watched) {
      each.silent += 1;
      if (each.silent > each.most) stream.destroy(new Error('keep alive timeout'));
    }
  }, SWEEP_MS);
  return {
    watch: (stream, keepAliveSeconds) => {
      if (keepAliveSeconds === 0 || stream.destroyed) return;
      watched.set(stream, { most: sweepsOf(keepAliveSeconds), silent: 0 });
      stream.once('close', () => watched.delete(stream));
    },
    heard: (stream) => {
      const found = watched.get(stream);
      if (found) found.silent = 0;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

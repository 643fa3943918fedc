import type { Duplex } from 'node:stream';

/** Closes connections from which no packet comes for too long, or not the whole of one. */
export type KeepAlive = {
  /**
   * From now on a whole packet must come within 1.5 × the keep-alive [MQTT-3.1.2-24]. 0 asks for none, and some for more
   * than the bound: they are held to the bound and not told, since 3.1.1 has no word for it; its section 3.1.2.10 lets a
   * server disconnect a client that it takes to be gone at any time, whatever its keep-alive.
   */
  readonly watch: (stream: Duplex, keepAliveSeconds: number) => void;
  /** A whole packet has come. */
  readonly heard: (stream: Duplex) => void;
  /** So much of a packet that is not whole yet is there, bytes; 0 when it is whole. */
  readonly held: (stream: Duplex, bytes: number) => void;
} & Disposable;

export type KeepAliveOptions = {
  readonly maxSeconds: number;
  /** From the first byte of a packet that is held to its last: a byte now and then must not last for hours. */
  readonly packetTimeoutSeconds: number;
  /** Has it sent what is not read yet? Then it is not silent. */
  readonly isWaiting: (stream: Duplex) => boolean;
};

const SWEEP_MS = 500;
const UNFINISHED = '[mqtt.packetTimeoutSeconds] a packet was begun and did not come to its end';
/** Sweeps until silence is too long; one more than fits, because the first of them comes early. */
const sweepsOf = (keepAliveSeconds: number) => Math.ceil((keepAliveSeconds * 1500) / SWEEP_MS) + 1;

type Watched = {
  readonly most: number;
  readonly why: string;
  silent: number;
  /** For how many sweeps a packet has been unfinished. */
  unfinished: number | undefined;
};

/**
 * One timer for all connections, instead of one each that is moved at every packet: hearing of a client costs the
 * setting of a number. aedes's own timers see only what passes the publish lane by.
 */
export function createKeepAlive({
  maxSeconds,
  packetTimeoutSeconds,
  isWaiting,
}: KeepAliveOptions): KeepAlive {
  const watched = new Map<Duplex, Watched>();
  const mostUnfinished = Math.ceil((packetTimeoutSeconds * 1000) / SWEEP_MS) + 1;
  const timer = setInterval(() => {
    for (const [stream, each] of watched) {
      if (isWaiting(stream)) continue;
      each.silent += 1;
      if (each.unfinished !== undefined) {
        each.unfinished += 1;
        if (each.unfinished > mostUnfinished) stream.destroy(new Error(UNFINISHED));
      }
      if (each.silent > each.most) stream.destroy(new Error(each.why));
    }
  }, SWEEP_MS);
  return {
    watch: (stream, keepAliveSeconds) => {
      if (stream.destroyed) return;
      const isOwn = keepAliveSeconds > 0 && keepAliveSeconds <= maxSeconds;
      watched.set(stream, {
        most: sweepsOf(isOwn ? keepAliveSeconds : maxSeconds),
        why: isOwn ? 'keep alive timeout' : '[mqtt.maxKeepAliveSeconds] nothing came for 1.5 × as long',
        silent: 0,
        unfinished: undefined,
      });
      stream.once('close', () => watched.delete(stream));
    },
    heard: (stream) => {
      const found = watched.get(stream);
      if (found) found.silent = 0;
    },
    held: (stream, bytes) => {
      const found = watched.get(stream);
      if (found) found.unfinished = bytes === 0 ? undefined : (found.unfinished ?? 0);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

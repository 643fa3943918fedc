/**
 * What may pass of one client's packets now. The gate takes from it what it lets through, and stops at the packet that
 * there is nothing left for.
 */
export type Credit = {
  /** Publishes, and their bytes, that may still be on their way to the journal. */
  room: number;
  roomBytes: number;
  /** Packets and bytes that the rate allows. Bytes are paid in arrears: a packet may be larger than a second's. */
  tokens: number;
  tokenBytes: number;
  /** How far below zero acknowledgements and pings may take the tokens: they wait only when they are the flood. */
  floor: number;
};

const PUBLISH = 3;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;

/**
 * Takes for a packet of this type and size, or does not when it has to wait. What answers the broker (PUBACK … PUBCOMP),
 * PINGREQ, CONNECT and DISCONNECT never wait for room: they make it, or need none.
 */
export function spend(credit: Credit, type: number, bytes: number): boolean {
  if (!isEnough(credit, type)) return false;
  if (type === PUBLISH) {
    credit.room -= 1;
    credit.roomBytes -= bytes;
  }
  credit.tokens -= 1;
  credit.tokenBytes -= bytes;
  return true;
}

/** Would a packet of this type pass? Told by its header, so that the body of one that has to wait is not gathered. */
export function isEnough(credit: Credit, type: number): boolean {
  switch (type) {
    case PUBLISH:
      return credit.room >= 1 && credit.roomBytes > 0 && credit.tokens >= 1 && credit.tokenBytes > 0;
    case SUBSCRIBE:
    case UNSUBSCRIBE:
      return credit.tokens >= 1 && credit.tokenBytes > 0;
    default:
      return credit.tokens > credit.floor;
  }
}

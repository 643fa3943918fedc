import type { Violation } from '../guard/guard-text.ts';

/** The acknowledgements of a client, by their packet types. */
export type Acknowledgement = 4 | 5 | 7;

export function isAcknowledgement(type: number): type is Acknowledgement {
  return type === PUBACK || type === PUBREC || type === PUBCOMP;
}

const PUBACK = 4;
const PUBREC = 5;
const PUBCOMP = 7;

const LAST_ID = 65_535;

/**
 * The packets of a QoS above 0 that one client was sent and has not wholly acknowledged. Their ids are not given out
 * again [MQTT-2.3.1-4], and each is acknowledged by the packet that its QoS asks for.
 */
export class OutgoingFlow {
  readonly #awaited = new Map<number, Acknowledgement>();
  #nextId = 1;

  get size(): number {
    return this.#awaited.size;
  }

  /** Where the ids go on. Those of a kept session may still be in use at the other end. */
  startAt(id: number): void {
    this.#nextId = id;
  }

  /** An id for a packet of this QoS; undefined when all are in use. */
  take(qos: 1 | 2): number | undefined {
    if (this.#awaited.size >= LAST_ID) return undefined;
    while (this.#awaited.has(this.#nextId)) this.#advance();
    const id = this.#nextId;
    this.#advance();
    this.resent(id, qos);
    return id;
  }

  /** A PUBLISH goes out again under the id that it had. */
  resent(id: number, qos: 1 | 2): void {
    this.#awaited.set(id, qos === 1 ? PUBACK : PUBREC);
  }

  /** A PUBREL goes out again. */
  released(id: number): void {
    this.#awaited.set(id, PUBCOMP);
  }

  /** What the client acknowledges; an unknown id is one of an earlier connection, or of a packet that was repeated. */
  acknowledge(type: Acknowledgement, id: number): Violation | undefined {
    const awaited = this.#awaited.get(id);
    if (awaited === undefined) return undefined;
    if (awaited === type) {
      if (type === PUBREC) this.#awaited.set(id, PUBCOMP);
      else this.#awaited.delete(id);
      return undefined;
    }
    // It has not seen our PUBREL yet and says it once more.
    if (awaited === PUBCOMP && type === PUBREC) return undefined;
    return awaited === PUBACK
      ? { clause: 'MQTT-4.3.2-2', detail: `packet ${id} of QoS 1 is acknowledged by PUBACK alone` }
      : { clause: 'MQTT-4.3.3-2', detail: `packet ${id} of QoS 2 is acknowledged by PUBREC, then PUBCOMP` };
  }

  #advance(): void {
    this.#nextId = this.#nextId >= LAST_ID ? 1 : this.#nextId + 1;
  }
}

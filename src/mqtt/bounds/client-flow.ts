import type { Credit } from './credit.ts';
import type { FlowBound, SharedFlow } from './shared-flow.ts';
import { TokenBucket } from './token-bucket.ts';

export type FlowLimits = {
  /** Publishes of one client on their way to the journal, and their bytes. */
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  /** 0 = no limit. */
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** What may come at once, in seconds of the rate. */
  readonly burstSeconds: number;
};

/** What aedes may have to keep before the client is accepted: fewer packets than its own bound, which would end it. */
const EARLY_PACKETS = 500;
const EARLY_BYTES = 256 * 1024;
/** A client that was stopped goes on when this share is free again: not packet by packet at the edge. */
const RESUME_SHARE = 0.5;
/** Of a slowed client: at least so much rate is waited for, ms, so that a timer is worth its while. */
const LEAST_WAIT_MS = 10;

/**
 * How fast one client is read. What it may not send yet stays in its socket, whose window then closes: TCP slows the
 * sender, nothing is dropped, and its PUBACKs come as late as its packets are taken in.
 */
export class ClientFlow {
  readonly credit: Credit = { room: 0, roomBytes: 0, tokens: 0, tokenBytes: 0, floor: 0 };

  readonly #limits: FlowLimits;
  readonly #shared: SharedFlow;
  readonly #wake: () => void;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  #isOpen = false;
  #early = { packets: 0, bytes: 0 };
  #inFlight = 0;
  #inFlightBytes = 0;
  #stoppedBy: FlowBound | undefined;
  #stoppedAtMs = 0;
  #resumeAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWaking = false;

  /** @param wake makes whoever reads the client come back for more. */
  constructor(limits: FlowLimits, shared: SharedFlow, nowMs: number, wake: () => void) {
    this.#limits = limits;
    this.#shared = shared;
    this.#wake = wake;
    const { messagesPerSecond, bytesPerSecond, burstSeconds } = limits;
    this.#messages = new TokenBucket(messagesPerSecond, messagesPerSecond * burstSeconds, nowMs);
    this.#bytes = new TokenBucket(bytesPerSecond, bytesPerSecond * burstSeconds, nowMs);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  get stoppedBy(): FlowBound | undefined {
    return this.#stoppedBy;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The client has its CONNACK: nothing waits for it any more. */
  open(): void {
    this.#isOpen = true;
    if (this.#stoppedBy === 'connecting') this.#wakeSoon();
  }

  /** Is nothing to be read of it now? */
  isShut(nowMs: number): boolean {
    if (this.#stoppedBy === undefined) return false;
    if (!this.#mayResume(nowMs)) return true;
    this.#resume(nowMs);
    return false;
  }

  /** What may pass now. */
  refresh(nowMs: number): Credit {
    const { credit } = this;
    this.#messages.refill(nowMs);
    this.#bytes.refill(nowMs);
    const { maxInFlight, maxInFlightBytes } = this.#limits;
    credit.room = this.#isOpen ? maxInFlight - this.#inFlight : EARLY_PACKETS - this.#early.packets;
    credit.roomBytes = this.#isOpen
      ? Math.min(maxInFlightBytes - this.#inFlightBytes, this.#shared.freeBytes())
      : EARLY_BYTES - this.#early.bytes;
    credit.tokens = this.#messages.tokens;
    credit.tokenBytes = this.#bytes.tokens;
    credit.floor = -this.#messages.burst;
    return credit;
  }

  /** Takes note of what passed, and whether more was there for which nothing was left. */
  passed(nowMs: number, ranOut: boolean): void {
    const { credit } = this;
    this.#messages.tokens = credit.tokens;
    this.#bytes.tokens = credit.tokenBytes;
    if (!this.#isOpen) {
      this.#early = { packets: EARLY_PACKETS - credit.room, bytes: EARLY_BYTES - credit.roomBytes };
    }
    if (ranOut) this.#stop(nowMs);
  }

  /** A publish goes on its way to the journal. */
  begin(bytes: number): void {
    this.#inFlight += 1;
    this.#inFlightBytes += bytes;
    this.#shared.begin(bytes);
  }

  /** So many are durable, or never will be. */
  settle(publishes: number, bytes: number): void {
    this.#inFlight -= publishes;
    this.#inFlightBytes -= bytes;
    this.#shared.settle(bytes);
    const isStopped = this.#stoppedBy === 'maxInFlight' || this.#stoppedBy === 'maxInFlightKb';
    if (isStopped && this.#hasRoom()) this.#wakeSoon();
  }

  /** The connection is gone; what is on its way still counts for all. */
  close(nowMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stoppedBy !== undefined) this.#resume(nowMs);
  }

  /** The shared room has some again. */
  resumeShared(): void {
    this.#wake();
  }

  #stop(nowMs: number): void {
    this.#stoppedBy = this.#reason();
    this.#stoppedAtMs = nowMs;
    this.#shared.stopped(this, this.#stoppedBy);
    const isRate = this.#stoppedBy === 'maxMessagesPerSecond' || this.#stoppedBy === 'maxKbPerSecond';
    if (!isRate) return;
    const waitMs = Math.ceil(this.#waitMs());
    this.#resumeAtMs = nowMs + waitMs;
    this.#timer = setTimeout(this.#wake, waitMs + 1);
  }

  #reason(): FlowBound {
    const { credit } = this;
    if (credit.room < 1 || credit.roomBytes <= 0) {
      if (!this.#isOpen) return 'connecting';
      const ownFreeBytes = this.#limits.maxInFlightBytes - this.#inFlightBytes;
      if (credit.room < 1) return 'maxInFlight';
      return ownFreeBytes < this.#shared.freeBytes() ? 'maxInFlightKb' : 'maxInFlightTotalMb';
    }
    return this.#messages.tokens < 1 ? 'maxMessagesPerSecond' : 'maxKbPerSecond';
  }

  #mayResume(nowMs: number): boolean {
    switch (this.#stoppedBy) {
      case 'connecting':
        return this.#isOpen;
      case 'maxInFlight':
      case 'maxInFlightKb':
        return this.#hasRoom();
      case 'maxInFlightTotalMb':
        return this.#shared.hasRoom();
      default:
        return nowMs >= this.#resumeAtMs;
    }
  }

  #resume(nowMs: number): void {
    clearTimeout(this.#timer);
    const reason = this.#stoppedBy;
    this.#stoppedBy = undefined;
    if (reason) this.#shared.resumed(this, reason, nowMs - this.#stoppedAtMs);
  }

  #hasRoom(): boolean {
    const { maxInFlight, maxInFlightBytes } = this.#limits;
    return (
      this.#inFlight <= RESUME_SHARE * maxInFlight && this.#inFlightBytes <= RESUME_SHARE * maxInFlightBytes
    );
  }

  #waitMs(): number {
    const { messagesPerSecond, bytesPerSecond } = this.#limits;
    const worth = (perSecond: number) => Math.max(1, (LEAST_WAIT_MS / 1000) * perSecond);
    return Math.max(
      1,
      this.#messages.waitMs(Math.min(this.#messages.burst, worth(messagesPerSecond))),
      this.#bytes.waitMs(Math.min(this.#bytes.burst, worth(bytesPerSecond))),
    );
  }

  /** Once all that became durable together is settled, and its PUBACKs are written. */
  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      this.#wake();
    });
  }
}

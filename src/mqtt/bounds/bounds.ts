/**
 * How much of everything one client, one address or all of them may have. The keys are those of the settings under
 * `mqtt`, and the label on /metrics; the numbers are in the unit that the key ends with.
 */
export const defaultBounds = {
  maxConnectionsPerAddress: 12_000,
  maxConnecting: 1000,
  maxTakeoversPerMinute: 20,
  maxKeepAliveSeconds: 3600,
  packetTimeoutSeconds: 60,
  maxInFlight: 1000,
  maxInFlightKb: 4096,
  maxInFlightTotalMb: 64,
  maxPartialTotalMb: 64,
  maxOpenExchanges: 1000,
  maxBacklogTotalMb: 128,
  drainTimeoutSeconds: 60,
  maxMessagesPerSecond: 5000,
  maxKbPerSecond: 10_240,
  burstSeconds: 2,
  maxSubscriptions: 1000,
  maxBacklogKb: 4096,
  maxSessions: 50_000,
  sessionExpiryHours: 168,
  maxQueuedMessages: 10_000,
  maxQueuedKb: 8192,
  maxQueuedTotalMb: 256,
  maxRetained: 20_000,
  maxRetainedMb: 64,
  maxOpenExchangesTotal: 1_000_000,
};

export type BrokerBounds = Readonly<typeof defaultBounds>;

/** The bounds that are given, and the defaults for the rest. What else is in there, as in all of `mqtt`, is none. */
export function boundsFrom(given: Partial<BrokerBounds> = {}): BrokerBounds {
  const bounds: Record<keyof BrokerBounds, number> = { ...defaultBounds };
  for (const [key, value] of Object.entries(given)) if (isBound(key)) bounds[key] = value;
  return bounds;
}

function isBound(key: string): key is keyof BrokerBounds {
  return Object.hasOwn(defaultBounds, key);
}

/** One bound as /metrics shows it: plain numbers, so that it may come from another thread. */
export type BoundState = {
  readonly bound: string;
  readonly limit: number;
  /** How much of it is taken now; absent where nothing is held. */
  readonly inUse?: number;
  /** How often something was refused, slowed or closed for it. */
  readonly hits: number;
  /** Of a bound that slows: how many clients wait at it now, and how long all have waited in sum. */
  readonly waiting?: number;
  readonly slowedSeconds?: number;
};

/** Whose doing it was. */
export type Culprit = { readonly client?: string | undefined; readonly address?: string | undefined };

/** What an operator is told: once at the first hit, then at most every 10 s, summed up. */
export type BoundReport = {
  readonly bound: string;
  readonly limit: number;
  readonly hits: number;
  readonly culprits: readonly Culprit[];
};

const QUIET_MS = 10_000;
/** Of one report: the misbehaving device is among them, a flood's addresses are not a log. */
const MAX_CULPRITS = 5;

type Tally = {
  readonly limit: number;
  hits: number;
  slowedMs: number;
  untold: number;
  toldAtMs: number;
  culprits: Map<string, Culprit>;
};

/** Counts what the bounds have turned away, and says when it is time to tell. */
export class BoundTally {
  readonly #tallies: ReadonlyMap<string, Tally>;

  constructor(limits: Readonly<Record<string, number>>) {
    this.#tallies = new Map(
      Object.entries(limits).map(([bound, limit]) => [
        bound,
        { limit, hits: 0, slowedMs: 0, untold: 0, toldAtMs: Number.NEGATIVE_INFINITY, culprits: new Map() },
      ]),
    );
  }

  hit(bound: string, culprit: Culprit): void {
    const tally = this.#tallies.get(bound);
    if (!tally) return;
    tally.hits += 1;
    this.tell(bound, culprit);
  }

  /** A client is made to wait: counted, and nothing to tell yet. */
  slow(bound: string): void {
    const tally = this.#tallies.get(bound);
    if (tally) tally.hits += 1;
  }

  /** A client has waited for so long. */
  slowedFor(bound: string, waitedMs: number): void {
    const tally = this.#tallies.get(bound);
    if (tally) tally.slowedMs += waitedMs;
  }

  /** Tells whose doing it was what has been counted already. */
  tell(bound: string, culprit: Culprit): void {
    const tally = this.#tallies.get(bound);
    if (!tally) return;
    tally.untold += 1;
    if (tally.culprits.size < MAX_CULPRITS) {
      tally.culprits.set(`${culprit.client ?? ''} ${culprit.address ?? ''}`, culprit);
    }
  }

  /** What is to be told now; each hit is in one report. */
  due(nowMs: number): BoundReport[] {
    const reports: BoundReport[] = [];
    for (const [bound, tally] of this.#tallies) {
      if (tally.untold === 0 || nowMs - tally.toldAtMs < QUIET_MS) continue;
      reports.push({
        bound,
        limit: tally.limit,
        hits: tally.untold,
        culprits: [...tally.culprits.values()],
      });
      tally.untold = 0;
      tally.toldAtMs = nowMs;
      tally.culprits = new Map();
    }
    return reports;
  }

  states(
    inUse: Readonly<Record<string, number>>,
    waiting: Readonly<Record<string, number>> = {},
  ): BoundState[] {
    return [...this.#tallies].map(([bound, { limit, hits, slowedMs }]) => {
      const used = inUse[bound];
      const waits = waiting[bound];
      return {
        bound,
        limit,
        hits,
        ...(used === undefined ? {} : { inUse: used }),
        ...(waits === undefined ? {} : { waiting: waits, slowedSeconds: slowedMs / 1000 }),
      };
    });
  }
}

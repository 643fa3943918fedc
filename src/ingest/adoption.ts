import { setTimeout as sleep } from 'node:timers/promises';
import { asError } from '../domain/errors.ts';
import type { NewDevice } from '../domain/register.ts';
import type { Packet } from './ingest.ts';
import type { Quarantine } from './quarantine.ts';
import { type Replayed, replayQuarantine } from './quarantine-replay.ts';
import type { UnknownDevices } from './unknown-devices.ts';

export type Adopted =
  | { readonly ok: false; readonly problems: readonly string[] }
  | {
      readonly ok: true;
      readonly warnings: readonly string[];
      readonly replayed: Replayed;
      /** False: what came last is still on its way into the quarantine; it is replayed when it is there. */
      readonly isComplete: boolean;
    };

/** Registers devices that were unknown, and takes in what they have said before. */
export interface Adoption extends AsyncDisposable {
  adopt(device: NewDevice): Promise<Adopted>;
}

export type AdoptionOptions = {
  readonly add: (
    device: NewDevice,
  ) => Promise<
    | { readonly ok: true; readonly warnings: readonly string[] }
    | { readonly ok: false; readonly problems: readonly string[] }
  >;
  readonly quarantine: Pick<Quarantine, 'list' | 'newestId' | 'discardPackets'>;
  readonly unknown: Pick<UnknownDevices, 'spellings'>;
  readonly append: (packet: Packet) => Promise<void>;
  /** Resolves when everything journaled before the call is stored or in quarantine. */
  readonly settled: () => Promise<void>;
  readonly onTrouble: (error: Error, retryInMs: number) => void;
  /** How long an answer waits for that, ms. */
  readonly patienceMs?: number;
};

const PATIENCE_MS = 5000;

/**
 * What was journaled before the register had the device may still be decoded as of before, and come into the quarantine
 * after a first replay: so it is replayed once more when all of that is done.
 */
export function openAdoption(options: AdoptionOptions): Adoption {
  const { add, quarantine, unknown, append, settled, onTrouble, patienceMs = PATIENCE_MS } = options;
  const stop = new AbortController();

  const replay = async (device: string): Promise<Replayed> => {
    let [packets, rows] = [0, 0];
    for (const spelling of unknown.spellings(device)) {
      const done = await replayQuarantine(quarantine, append, { code: 'unknown-device', device: spelling });
      packets += done.packets;
      rows += done.rows;
    }
    return { packets, rows };
  };

  const tell = (cause: unknown) => onTrouble(asError(cause), 0);

  const replayLater = async (device: string, whenSettled: Promise<void>): Promise<void> => {
    await whenSettled;
    if (!stop.signal.aborted) await replay(device);
  };

  return {
    adopt: async (device) => {
      const added = await add(device);
      if (!added.ok) return added;
      const whenSettled = settled();
      const isComplete = await Promise.race([
        whenSettled.then(() => true),
        sleep(patienceMs, false, { signal: stop.signal, ref: false }).catch(() => false),
      ]);
      if (!isComplete) replayLater(device.id, whenSettled).catch(tell);
      try {
        const replayed = await replay(device.id);
        return { ok: true, warnings: added.warnings, replayed, isComplete };
      } catch (cause) {
        // The journal is full, say: the device is registered all the same, and what it said is still in quarantine.
        tell(cause);
        return { ok: true, warnings: added.warnings, replayed: { packets: 0, rows: 0 }, isComplete: false };
      }
    },
    [Symbol.asyncDispose]: async () => stop.abort(),
  };
}

import { statfs } from 'node:fs/promises';
import type { Journal } from './journal.ts';

export type WatchRoomOptions = {
  readonly dir: string;
  readonly journal: Pick<Journal, 'sizeBytes'>;
  readonly maxBytes: number;
  /** From this share of the bound, or of the disk, on an operator should look, 0 … 1. */
  readonly lowShare: number;
  /** Told once when room gets short, with a sentence that says so … */
  readonly onLow: (detail: string) => void;
  /** … and once when it no longer is. */
  readonly onEased: () => void;
};

export type Room = {
  /** What is short of room; undefined while nothing is. */
  readonly low: () => string | undefined;
  /** Free on the disk for the journal, bytes. */
  readonly freeBytes: () => number;
  /** Looks now; it does so by itself once a second. */
  readonly look: () => Promise<void>;
} & Disposable;

const LOOK_MS = 1000;
/** Below the share by this much there is room again: the edge is crossed once, not with each packet. */
const EASED_BY = 0.05;

/**
 * The early warning. What nobody needs any more is forgotten before the journal is this full, so a reader is behind: its
 * store is down or too slow. A full disk counts when it keeps the journal from growing to its bound.
 */
export function watchRoom({ dir, journal, maxBytes, lowShare, onLow, onEased }: WatchRoomOptions): Room {
  let low: string | undefined;
  let freeBytes = Number.POSITIVE_INFINITY;
  let diskBytes = Number.POSITIVE_INFINITY;

  const judge = () => {
    const share = low === undefined ? lowShare : lowShare - EASED_BY;
    const size = journal.sizeBytes();
    const was = low;
    low = undefined;
    if (size >= share * maxBytes) {
      low = `the journal is ${percent(size, maxBytes)} full (journal.maxGb) because a reader is behind, see store and rules; when it is full publishers wait`;
    } else if (freeBytes < (1 - share) * diskBytes && freeBytes < maxBytes - size) {
      low = `the disk of ${dir} is ${percent(diskBytes - freeBytes, diskBytes)} full; when it is full nothing is acknowledged`;
    }
    if (low !== undefined && was === undefined) onLow(low);
    if (low === undefined && was !== undefined) onEased();
  };
  const look = async () => {
    try {
      const { bavail, blocks, bsize } = await statfs(dir);
      [freeBytes, diskBytes] = [bavail * bsize, blocks * bsize];
    } catch {
      // A file system that does not say: then the bound alone counts.
    }
    judge();
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  void look();
  return {
    low: () => low,
    freeBytes: () => freeBytes,
    look,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function percent(part: number, whole: number): string {
  return `${Math.floor((100 * part) / whole)} %`;
}

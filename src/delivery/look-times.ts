import type { Grouping, News } from './plan.ts';

/** When each recipient's news are to be looked at: all that waits is read then, which in a storm is thousands. */
export interface LookTimes {
  isDue(recipient: string, nowMs: number): boolean;
  /** It is looked at: what is said from here on holds. `toldMs`: when the last message about a building was made. */
  begin(recipient: string, toldMs: ReadonlyMap<string, number>): void;
  /** Something may be due at that moment. */
  at(recipient: string, atMs: number): void;
  /** As soon as can be. */
  now(recipient: string): void;
  /** News came: they are due when the next message about their building is, unless they wait for none. */
  came(
    recipient: { readonly name: string; readonly grouped: boolean },
    news: Pick<News, 'building' | 'isUrgent' | 'atMs' | 'dueMs'>,
  ): void;
  /** All recipients, since the settings are others. */
  clear(): void;
}

/** The same times as {@link planMessages} comes to, or earlier ones. */
export function createLookTimes(grouping: () => Pick<Grouping, 'waitMs' | 'everyMs'>): LookTimes {
  const next = new Map<string, { atMs: number; readonly toldMs: ReadonlyMap<string, number> }>();
  const at = (recipient: string, atMs: number) => {
    const known = next.get(recipient);
    if (known) known.atMs = Math.min(known.atMs, atMs);
  };
  return {
    isDue: (recipient, nowMs) => (next.get(recipient)?.atMs ?? nowMs) <= nowMs,
    begin: (recipient, toldMs) => {
      next.set(recipient, { atMs: Number.POSITIVE_INFINITY, toldMs });
    },
    at,
    now: (recipient) => {
      next.delete(recipient);
    },
    came: ({ name, grouped }, { building, isUrgent, atMs, dueMs }) => {
      if (isUrgent || !grouped) return at(name, dueMs);
      const { waitMs, everyMs } = grouping();
      const toldMs = next.get(name)?.toldMs.get(building) ?? Number.NEGATIVE_INFINITY;
      at(name, Math.max(dueMs, atMs + waitMs, toldMs + everyMs));
    },
    clear: () => next.clear(),
  };
}

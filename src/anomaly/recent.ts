/** The newest values of a series, as many as have been asked for. */
export type RecentState = { readonly values: number[]; next: number };

export function nothingRecent(): RecentState {
  return { values: [], next: 0 };
}

export function addRecent(recent: RecentState, value: number, most: number): void {
  if (recent.values.length < most) recent.values.push(value);
  else recent.values[recent.next] = value;
  recent.next = (recent.next + 1) % most;
}

/** Fills `into` with the newest values, the newest first; false while there are fewer. */
export function takeNewest({ values, next }: RecentState, into: number[]): boolean {
  if (values.length < into.length) return false;
  let from = next;
  for (let i = 0; i < into.length; i += 1) {
    from = from === 0 ? values.length - 1 : from - 1;
    into[i] = values[from] ?? 0;
  }
  return true;
}

export function meanOf({ values }: RecentState): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] ?? 0;
  return sum / values.length;
}

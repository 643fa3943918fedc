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

/** The newest `count` values, the newest first; undefined while there are fewer. */
export function newest({ values, next }: RecentState, count: number): number[] | undefined {
  if (values.length < count) return undefined;
  const found: number[] = [];
  for (let i = 1; i <= count; i += 1) found.push(values[(next - i + values.length) % values.length] ?? 0);
  return found;
}

export function meanOf({ values }: RecentState): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

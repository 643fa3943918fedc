/** A binary heap: the first of what is in it by `before`, in O(log n). */
export type Heap<T> = {
  readonly first: () => T | undefined;
  readonly push: (item: T) => void;
  readonly pop: () => T | undefined;
};

/** `before` must be a strict order in which no two items are equal, so that the order of pushing changes nothing. */
export function createHeap<T>(before: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];
  const swap = (i: number, j: number) => {
    const [a, b] = [items[i], items[j]];
    if (a === undefined || b === undefined) return;
    items[i] = b;
    items[j] = a;
  };
  const isBefore = (i: number, j: number): boolean => {
    const [a, b] = [items[i], items[j]];
    return a !== undefined && b !== undefined && before(a, b);
  };
  return {
    first: () => items[0],
    push: (item) => {
      items.push(item);
      for (let at = items.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (!isBefore(at, parent)) return;
        swap(at, parent);
        at = parent;
      }
    },
    pop: () => {
      const [first] = items;
      const last = items.pop();
      if (items.length === 0 || last === undefined) return first;
      items[0] = last;
      for (let at = 0; ; ) {
        let least = at;
        if (isBefore(2 * at + 1, least)) least = 2 * at + 1;
        if (isBefore(2 * at + 2, least)) least = 2 * at + 2;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}

type Node<T> = { readonly children: Map<string, Node<T>>; readonly values: Map<string, T> };

/**
 * Topic filters, each with what several owners have put there, level by level: matching a topic looks at the filters on
 * its way alone, however many there are (MQTT 3.1.1, 4.7).
 */
export class TopicTree<T> {
  readonly #root: Node<T> = newNode();
  #size = 0;

  /** How many there are, over all filters. */
  get size(): number {
    return this.#size;
  }

  set(filter: string, owner: string, value: T): void {
    let node = this.#root;
    for (const level of filter.split('/')) {
      let child = node.children.get(level);
      if (!child) {
        child = newNode<T>();
        node.children.set(level, child);
      }
      node = child;
    }
    if (!node.values.has(owner)) this.#size += 1;
    node.values.set(owner, value);
  }

  delete(filter: string, owner: string): void {
    const path: { readonly parent: Node<T>; readonly level: string }[] = [];
    let node = this.#root;
    for (const level of filter.split('/')) {
      const child = node.children.get(level);
      if (!child) return;
      path.push({ parent: node, level });
      node = child;
    }
    if (!node.values.delete(owner)) return;
    this.#size -= 1;
    for (const { parent, level } of path.reverse()) {
      const child = parent.children.get(level);
      if (child && child.children.size === 0 && child.values.size === 0) parent.children.delete(level);
    }
  }

  /** Tells each value whose filter matches the topic name. */
  match(topic: string, found: (value: T, owner: string) => void): void {
    if (this.#size === 0) return;
    const levels = topic.split('/');
    // [MQTT-4.7.2-1]: no wildcard stands for a first level that begins with $.
    visit(this.#root, levels, 0, !topic.startsWith('$'), found);
  }
}

function newNode<T>(): Node<T> {
  return { children: new Map(), values: new Map() };
}

function visit<T>(
  node: Node<T>,
  levels: readonly string[],
  depth: number,
  mayBeWild: boolean,
  found: (value: T, owner: string) => void,
): void {
  // `#` stands for the level above it as well: sport/# matches sport.
  if (mayBeWild) node.children.get('#')?.values.forEach(found);
  const level = levels[depth];
  if (level === undefined) {
    node.values.forEach(found);
    return;
  }
  const plain = node.children.get(level);
  if (plain && level !== '#' && level !== '+') visit(plain, levels, depth + 1, true, found);
  const wild = mayBeWild ? node.children.get('+') : undefined;
  if (wild) visit(wild, levels, depth + 1, true, found);
}

import { isRecord } from './payload.ts';

export type Leaf = {
  readonly pointer: string;
  readonly path: readonly (string | number)[];
  /** A number, a text, true, false, null, or an empty list or object. */
  readonly value: unknown;
};

const DEEPEST = 64;

/** The values of a JSON document that have none inside, with their JSON pointers (RFC 6901), at most so many. */
export function leavesOf(document: unknown, most: number): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]) => {
    if (leaves.length >= most) return;
    const inner = entriesOf(value);
    if (inner.length === 0 || path.length >= DEEPEST) {
      const pointer = path
        .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
        .join('');
      leaves.push({ pointer, path, value: inner.length === 0 ? value : '…' });
    } else for (const [step, child] of inner) visit(child, [...path, step]);
  };
  visit(document, []);
  return leaves;
}

/** The document without one leaf; in a list null stands in its place, so that the others keep theirs. */
export function withoutLeaf(document: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined) return null;
  if (Array.isArray(document)) {
    return document.map((item: unknown, i) => (i === step ? withoutLeaf(item, rest) : item));
  }
  if (!isRecord(document)) return document;
  const entries = Object.entries(document).filter(([name]) => rest.length > 0 || name !== step);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, name === step ? withoutLeaf(inner, rest) : inner]),
  );
}

function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()];
  return isRecord(value) ? Object.entries(value) : [];
}

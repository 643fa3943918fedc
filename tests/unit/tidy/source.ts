import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

/** The house's TypeScript: path from the repository's top, with `/` → text. Real, or made up to hold one breach. */
export type Tree = Readonly<Record<string, string>>;

/** A node of the syntax tree (TS-ESTree). Only what the checks ask for is read, so that nothing else is promised. */
export type Node = { readonly type: string; readonly start: number; readonly [field: string]: unknown };

export type Source = {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  /** Every node, parents before children, with the node that it hangs on and the field by which. */
  readonly nodes: readonly { readonly node: Node; readonly parent: Node; readonly field: string }[];
};

export function readTree(root: string, folders: readonly string[]): Tree {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  const sources = paths.filter((path) => path.endsWith('.ts')).sort();
  return Object.fromEntries(
    sources.map((path) => [path.replaceAll(sep, '/'), readFileSync(join(root, path), 'utf8')]),
  );
}

export function parseTree(tree: Tree): readonly Source[] {
  return Object.entries(tree).map(([path, text]) => {
    const { program, errors } = parseSync(path, text);
    if (errors.length > 0) throw new Error(`${path}: ${errors.map((error) => error.message).join('; ')}`);
    const root = program as unknown as Node;
    return { path, text, program: root, nodes: [...walk(root)] };
  });
}

export function lineOf(source: Source, node: Node): number {
  return source.text.slice(0, node.start).split('\n').length;
}

/** The node behind a field; undefined when there is none. */
export function child(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Is it the identifier of that name? */
export function isNamed(node: Node | undefined, name: string): boolean {
  return node?.type === 'Identifier' && node.name === name;
}

function* walk(parent: Node): Generator<Source['nodes'][number]> {
  for (const [field, value] of Object.entries(parent)) {
    for (const node of (Array.isArray(value) ? value : [value]).filter(isNode)) {
      yield { node, parent, field };
      yield* walk(node);
    }
  }
}

import { posix } from 'node:path';
import { type HouseRule, isProduct } from './house-rule.ts';
import { child, type Node, type Source } from './source.ts';

/** Holds a table of who may import whom against each import, re-export, `import()` and `import('…')` type. */
export const imports =
  (table: Readonly<Record<string, readonly string[]>>): HouseRule =>
  (source) => {
    if (!isProduct(source)) return [];
    const room = roomOf(source.path);
    const allowed = table[room];
    if (allowed === undefined) {
      return [
        { node: source.program, says: `${room} is not in the import table: say there what it may import` },
      ];
    }
    return importsOf(source).flatMap(({ node, specifier }) => {
      if (specifier === undefined) return [{ node, says: 'the imported file must be named by plain text' }];
      if (!specifier.startsWith('.')) return [];
      const target = posix.join(posix.dirname(source.path), specifier);
      const isAllowed = [room, ...allowed].some((entry) => isWithin(target, entry));
      return isAllowed ? [] : [{ node, says: `${room} may not import ${target} (see the import table)` }];
    });
  };

export type Import = { readonly node: Node; readonly specifier: string | undefined };

/** Every module that a file names, whatever the form. `specifier` is undefined when it is computed. */
export function importsOf(source: Source): readonly Import[] {
  return source.nodes
    .filter(
      ({ node }) => importForms.has(node.type) && (node.type !== 'ExportNamedDeclaration' || node.source),
    )
    .map(({ node }) => {
      const value = child(node, 'source')?.value;
      return { node, specifier: typeof value === 'string' ? value : undefined };
    });
}

const importForms = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** `src/store/duckdb.ts` → store, `src/app.ts` → app.ts, `simulators/fleet/bin.ts` → simulators. */
function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? second : top;
}

function isWithin(target: string, entry: string): boolean {
  const place = entry === 'simulators' ? entry : `src/${entry}`;
  return entry.endsWith('.ts') ? target === place : target.startsWith(`${place}/`);
}

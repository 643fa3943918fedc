import { importTable } from './import-table.ts';
import { imports } from './imports.ts';
import { barrels, defaultExports, fileNames, fileSizes, moduleMocks } from './modules.ts';
import { process, purity } from './purity.ts';
import { lineOf, type Node, parseTree, type Source, type Tree } from './source.ts';
import { casts } from './types.ts';

export type Breach = { readonly node: Node; readonly says: string };

/** A house rule: what it finds in one file, knowing all of them. */
export type HouseRule = (source: Source, all: readonly Source[]) => readonly Breach[];

export const houseRules: Readonly<Record<string, HouseRule>> = {
  imports: imports(importTable),
  process,
  purity,
  casts,
  barrels,
  'default exports': defaultExports,
  'file names': fileNames,
  'file sizes': fileSizes,
  'module mocks': moduleMocks,
};

/** Every breach in a tree, as `path:line: rule: what is wrong and what to do`. */
export function breaches(tree: Tree): readonly string[] {
  const sources = parseTree(tree);
  return sources.flatMap((source) =>
    Object.entries(houseRules).flatMap(([name, rule]) =>
      rule(source, sources).map(
        ({ node, says }) => `${source.path}:${lineOf(source, node)}: ${name}: ${says}`,
      ),
    ),
  );
}

/** Tests may touch the process, cast and be long; the product may not. */
export function isProduct(source: Source): boolean {
  return source.path.startsWith('src/') || source.path.startsWith('simulators/');
}

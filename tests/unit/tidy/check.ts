import type { HouseRule } from './house-rule.ts';
import { importTable } from './import-table.ts';
import { imports } from './imports.ts';
import { barrels, defaultExports, fileNames, fileSizes, moduleMocks } from './modules.ts';
import { processUse, purity } from './purity.ts';
import { lineOf, parseTree, type Tree } from './source.ts';
import { casts } from './types.ts';

export const houseRules: Readonly<Record<string, HouseRule>> = {
  imports: imports(importTable),
  process: processUse,
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

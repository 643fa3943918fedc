import { type HouseRule, isProduct } from './house-rule.ts';
import { child, isNamed, isNode, type Node, type Source } from './source.ts';

/** A cast tells the compiler what is not proven. Only `as const`, and giving a value its brand, are not one. */
export const casts: HouseRule = (source, all) => {
  if (!isProduct(source)) return [];
  const harmless = [...brands(all), 'const'];
  return source.nodes
    .filter(({ node }) => castTypes.has(node.type))
    .filter(({ node }) => !harmless.some((name) => isNamed(castTo(node), name)))
    .map(({ node }) => ({ node, says: 'no casts and no `!`: narrow with a check, or parse with a schema' }));
};

const castTypes = new Set(['TSAsExpression', 'TSTypeAssertion', 'TSNonNullExpression']);

function castTo(node: Node): Node | undefined {
  return child(child(node, 'typeAnnotation'), 'typeName');
}

const known = new WeakMap<readonly Source[], readonly string[]>();

/** Names of the tree's brands: `type Cursor = string & { readonly brand: 'Cursor' }`. Looked for once in each tree. */
function brands(sources: readonly Source[]): readonly string[] {
  const found =
    known.get(sources) ??
    sources
      .flatMap(({ nodes }) => nodes)
      .filter(({ node }) => node.type === 'TSTypeAliasDeclaration' && isBrand(child(node, 'typeAnnotation')))
      .map(({ node }) => String(child(node, 'id')?.name));
  known.set(sources, found);
  return found;
}

function isBrand(type: Node | undefined): boolean {
  return [type?.types]
    .flat()
    .filter(isNode)
    .flatMap((part) => [part.members].flat().filter(isNode))
    .some((member) => isNamed(child(member, 'key'), 'brand'));
}

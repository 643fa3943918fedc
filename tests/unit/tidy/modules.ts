import { type HouseRule, isProduct } from './house-rule.ts';
import { child, isNamed, isNode } from './source.ts';

const MAX_LINES = 300;
/** The two lists that may gather their room. */
const LISTS = new Set(['src/decode/index.ts', 'src/rules/index.ts']);
const NAME = /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/;
const MOCKS = new Set(['mock', 'doMock']);

export const fileNames: HouseRule = ({ path, program }) =>
  NAME.test(path) ? [] : [{ node: program, says: 'folders and files are named in kebab-case' }];

/** Past 300 lines there is a second idea in a file. A table of data, with no function in it, may be as long as it is. */
export const fileSizes: HouseRule = (source) => {
  const lines = source.text.trimEnd().split('\n').length;
  const isData = !source.nodes.some(({ node }) => /Function/.test(node.type));
  return isProduct(source) && lines > MAX_LINES && !isData
    ? [{ node: source.program, says: `${lines} lines; past ${MAX_LINES}, find the second idea in it` }]
    : [];
};

export const defaultExports: HouseRule = (source) =>
  source.nodes
    .filter(
      ({ node }) =>
        node.type === 'ExportDefaultDeclaration' ||
        (node.type === 'ExportSpecifier' && isNamed(child(node, 'exported'), 'default')),
    )
    .map(({ node }) => ({ node, says: 'export it by its name' }));

/** A barrel hides who needs what: `export *`, an index that is not one of the two lists, a file of re-exports only. */
export const barrels: HouseRule = (source) => {
  if (!isProduct(source) || LISTS.has(source.path)) return [];
  const says = 'no barrels: import each thing from the file that makes it';
  if (source.path.endsWith('/index.ts')) return [{ node: source.program, says }];
  const statements = [source.program.body].flat().filter(isNode);
  const passesAllOn =
    statements.length > 0 &&
    statements.every((node) => node.type === 'ExportNamedDeclaration' && isNode(node.source));
  if (passesAllOn) return [{ node: source.program, says }];
  return statements.filter((node) => node.type === 'ExportAllDeclaration').map((node) => ({ node, says }));
};

export const moduleMocks: HouseRule = (source) =>
  source.nodes
    .filter(({ node }) => node.type === 'MemberExpression' && isNamed(child(node, 'object'), 'vi'))
    .filter(({ node }) => MOCKS.has(String(child(node, 'property')?.name)))
    .map(({ node }) => ({ node, says: 'pass the fake in; modules are not mocked' }));

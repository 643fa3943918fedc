import { type Breach, type HouseRule, isProduct } from './house-rule.ts';
import { purePackages, purePlaces } from './import-table.ts';
import { importsOf } from './imports.ts';
import { child, isNamed, type Node, type Source } from './source.ts';

/** The process belongs to `src/main.ts`: whoever reads it elsewhere cannot be run in a test or a worker. */
export const processUse: HouseRule = (source) => {
  if (!isProduct(source) || source.path === 'src/main.ts') return [];
  const says = 'only src/main.ts touches the process: take what you need as an argument';
  const imported = importsOf(source).filter(({ specifier }) => /^(node:)?process$/.test(specifier ?? ''));
  const used = globalUses(source, ['process']);
  return [...imported.map(({ node }) => node), ...used].slice(0, 1).map((node) => ({ node, says }));
};

/** In a pure room time is data, chance is seeded, and nothing is read, written or logged. */
export const purity: HouseRule = (source) => {
  const console = isProduct(source)
    ? globalUses(source, ['console']).map((node) => ({
        node,
        says: 'log through the logger that is passed in',
      }))
    : [];
  if (!purePlaces.some((place) => source.path.startsWith(place))) return console;
  const says = 'a pure room knows no clock, no chance and no I/O: take it as an argument';
  return [
    ...console,
    ...source.nodes.filter(({ node }) => readsClockOrChance(node)).map(({ node }) => ({ node, says })),
    ...globalUses(source, GLOBALS).map((node) => ({ node, says })),
    ...packages(source),
  ];
};

const GLOBALS = [
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'crypto',
];

function packages(source: Source): readonly Breach[] {
  return importsOf(source)
    .filter(({ specifier = '' }) => !specifier.startsWith('.') && !purePackages.includes(specifier))
    .map(({ node, specifier }) => ({ node, says: `a pure room does not import ${specifier}` }));
}

function readsClockOrChance(node: Node): boolean {
  const callee = child(node, 'callee');
  const isMember = (object: string, property: string) =>
    callee?.type === 'MemberExpression' &&
    isNamed(child(callee, 'object'), object) &&
    isNamed(child(callee, 'property'), property);
  if (node.type === 'NewExpression') {
    return isNamed(callee, 'Date') && [node.arguments].flat().length === 0;
  }
  return (
    node.type === 'CallExpression' &&
    (isNamed(callee, 'Date') || isMember('Date', 'now') || isMember('Math', 'random'))
  );
}

/** Where a global is used: not as a property's or parameter's name, and not as a type. */
function globalUses(source: Source, names: readonly string[]): readonly Node[] {
  return source.nodes
    .filter(({ node, parent, field }) => {
      if (!names.some((name) => isNamed(node, name))) return false;
      const isPropertyName = field === 'property' && parent.computed !== true;
      const isKey = field === 'key' && parent.computed !== true && parent.shorthand !== true;
      const isGlobalThis = isPropertyName && isNamed(child(parent, 'object'), 'globalThis');
      return isGlobalThis || !(isPropertyName || isKey);
    })
    .map(({ node }) => node);
}

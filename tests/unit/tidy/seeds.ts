import type { Tree } from './source.ts';

/** One breach each: a tree that is in order but for the line that breaks the rule. */
export const seeds: readonly { readonly rule: string; readonly says: string; readonly tree: Tree }[] = [
  {
    rule: 'imports',
    says: 'the domain reaches into a room',
    tree: { 'src/domain/time.ts': "import { hour } from '../energy/hour.ts';\nexport const two = hour * 2;" },
  },
  {
    rule: 'imports',
    says: 'a type is enough to lean on a room',
    tree: {
      'src/rules/stale.ts': "import type { Store } from '../store/store.ts';\nexport type S = Store[];",
    },
  },
  {
    rule: 'imports',
    says: 'a room looks behind a port',
    tree: {
      'src/mqtt/broker.ts': "import { frame } from '../journal/frame.ts';\nexport const f = frame(1);",
    },
  },
  {
    rule: 'imports',
    says: 'a re-export is an import',
    tree: { 'src/store/a.ts': "export { load } from '../energy/load.ts';\nexport const a = 1;" },
  },
  {
    rule: 'imports',
    says: 'a dynamic import is an import',
    tree: { 'src/app.ts': "export const run = () => import('./commands/run.ts');" },
  },
  {
    rule: 'imports',
    says: 'an import type in a signature is an import',
    tree: { 'src/decode/a.ts': "export const a = (api: import('../api/api.ts').Api) => api.name;" },
  },
  {
    rule: 'imports',
    says: 'an import whose target is computed cannot be held against the table',
    tree: { 'src/app.ts': 'export const load = (name: string) => import(name);' },
  },
  {
    rule: 'imports',
    says: 'the product leans on its tests',
    tree: { 'src/app.ts': "import { fake } from '../tests/support/fake.ts';\nexport const a = fake();" },
  },
  {
    rule: 'imports',
    says: 'the service leans on the simulators',
    tree: { 'src/app.ts': "import { fleet } from '../simulators/fleet.ts';\nexport const a = fleet();" },
  },
  {
    rule: 'imports',
    says: 'a room nobody has given a place',
    tree: { 'src/helpers/text.ts': 'export const upper = (text: string) => text.toUpperCase();' },
  },
  {
    rule: 'process',
    says: 'the process as a global',
    tree: { 'src/api/port.ts': 'export const port = () => process.env.PORT;' },
  },
  {
    rule: 'process',
    says: 'the process by import',
    tree: { 'src/app.ts': "import { argv } from 'node:process';\nexport const name = argv[2];" },
  },
  {
    rule: 'process',
    says: 'the process by way of globalThis',
    tree: { 'simulators/fleet.ts': 'export const stop = () => globalThis.process.exit(1);' },
  },
  {
    rule: 'purity',
    says: 'a rule reads the clock',
    tree: { 'src/rules/stale.ts': 'export const age = (atMs: number) => Date.now() - atMs;' },
  },
  {
    rule: 'purity',
    says: 'a date without a time is now',
    tree: { 'src/energy/month.ts': 'export const month = () => new Date().getMonth();' },
  },
  {
    rule: 'purity',
    says: 'chance in a detector',
    tree: { 'src/anomaly/forest.ts': 'export const pick = (n: number) => Math.floor(Math.random() * n);' },
  },
  {
    rule: 'purity',
    says: 'a timer in the alert book',
    tree: { 'src/alerts/book.ts': 'export const later = (f: () => void) => setTimeout(f, 1000);' },
  },
  {
    rule: 'purity',
    says: 'a tariff reads its own file',
    tree: {
      'src/energy/tariff.ts': "import { readFileSync } from 'node:fs';\nexport const t = readFileSync('t');",
    },
  },
  {
    rule: 'purity',
    says: 'the console instead of the logger',
    tree: { 'src/store/open.ts': "export const open = () => console.log('open');" },
  },
  {
    rule: 'casts',
    says: 'a cast',
    tree: { 'src/api/body.ts': 'export const body = (json: unknown) => json as { name: string };' },
  },
  {
    rule: 'casts',
    says: 'a cast to a type that only sounds like a brand',
    tree: { 'src/api/id.ts': 'type Id = string;\nexport const id = (json: unknown) => json as Id;' },
  },
  {
    rule: 'casts',
    says: 'a non-null assertion',
    tree: { 'src/energy/first.ts': 'export const first = (list: number[]) => list[0]!.toFixed();' },
  },
  {
    rule: 'barrels',
    says: 'export everything',
    tree: { 'src/store/all.ts': "export * from './store.ts';\nexport const a = 1;" },
  },
  {
    rule: 'barrels',
    says: 'an index',
    tree: { 'src/store/index.ts': "import { a } from './a.ts';\nexport const b = a;" },
  },
  {
    rule: 'barrels',
    says: 'a file that only passes on',
    tree: { 'src/store/public.ts': "export { a } from './a.ts';\nexport type { B } from './b.ts';" },
  },
  {
    rule: 'default exports',
    says: 'a default export',
    tree: { 'src/energy/bill.ts': 'export default (kwh: number) => kwh * 2;' },
  },
  {
    rule: 'default exports',
    says: 'a default export by another door',
    tree: { 'tests/support/a.ts': 'const a = 1;\nexport { a as default };' },
  },
  { rule: 'file names', says: 'camel case', tree: { 'src/energy/powerPrice.ts': 'export const a = 1;' } },
  {
    rule: 'file names',
    says: 'a folder in capitals',
    tree: { 'tests/Unit/a.test.ts': 'export const a = 1;' },
  },
  {
    rule: 'file sizes',
    says: 'more than 300 lines',
    tree: { 'src/store/big.ts': `export const a = () => [\n${'  1,\n'.repeat(299)}];` },
  },
  {
    rule: 'module mocks',
    says: 'a mocked module',
    tree: { 'tests/unit/a.test.ts': "import { vi } from 'vitest';\nvi.mock('../../src/app.ts');" },
  },
];

/** All in order, although each line looks like a breach to a search for words. */
export const innocent: Tree = {
  'src/domain/words.ts': [
    "export const kinds = ['gauge', 'register'] as const;",
    '/** Never `Date.now()`, `Math.random()`, `process.env` or `value as any`. */',
    "export const says = 'console.log(process.env, new Date(), x as Y, x!)';",
    'export const iso = (atMs: number) => new Date(atMs).toISOString();',
    'export type Job = { readonly process: number; crypto?: string };',
    "export const id = (job: Job) => job.process + (job.crypto ?? '');",
    "export type Cursor = string & { readonly brand: 'Cursor' };",
    'export const isNot = (a: boolean, b: boolean) => !a !== !!b;',
  ].join('\n'),
  'src/journal/place.ts': [
    "import { type Cursor, iso as text } from '../domain/words.ts';",
    'export const place = (atMs: number) => text(atMs) as Cursor;',
    'export { text as name };',
  ].join('\n'),
  'src/mqtt/broker.ts':
    "import type { Journal } from '../journal/journal.ts';\nexport type Held = Journal[];",
  'src/main.ts': "import { run } from './commands/run.ts';\nprocess.exitCode = await run(process.argv);",
  'src/decode/index.ts': "export * from './han.ts';\nexport { elsys } from './elsys.ts';",
  'src/energy/table.ts': `export const prices = [\n${'  1,\n'.repeat(500)}];`,
  'simulators/fleet.ts':
    "import { isNot } from '../src/domain/words.ts';\nexport const on = isNot(true, false);",
  'tests/unit/a.test.ts':
    "import { vi } from 'vitest';\nexport const f = vi.fn() as unknown;\nprocess.title = 'a';",
};

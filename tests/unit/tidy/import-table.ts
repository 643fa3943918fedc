/** The pure rooms: they know no clock, no chance, no I/O and no logger. What they know comes with their data. */
const pure = ['domain', 'decode', 'energy', 'anomaly', 'comfort', 'waste', 'rules'];

/** Places that hold the rules of a pure room: a room, or one file of another. */
export const purePlaces = [...pure.map((room) => `src/${room}/`), 'src/alerts/book.ts'];

/** What a pure place may import from outside the house. */
export const purePackages = ['zod', 'node:buffer', 'node:crypto', '@bufbuild/protobuf/wire'];

const adapters = [
  'config',
  'access',
  'mqtt',
  'journal',
  'ingest',
  'store',
  'alerts',
  'delivery',
  'workers',
  'api',
];

/**
 * Who may import whom: the table of the architecture, as it is held against the code. A room is a folder of `src/`,
 * one of its top-level files, or `simulators`. An entry with a file is a port: that file, and nothing behind it.
 * Each room may import itself.
 */
export const importTable: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  decode: ['domain'],
  energy: ['domain'],
  anomaly: ['domain'],
  comfort: ['domain'],
  waste: ['domain'],
  rules: ['domain', 'energy', 'anomaly', 'comfort', 'waste'],
  config: [
    'domain',
    'comfort/limits.ts',
    'energy',
    'rules/rule-file.ts',
    'decode/mapping-schema.ts',
    'delivery/settings.ts',
    'delivery/plan.ts',
    'delivery/template.ts',
    'delivery/words.ts',
  ],
  journal: ['domain'],
  access: ['domain', 'config/problem.ts', 'config/csv-table.ts'],
  mqtt: ['domain', 'access', 'journal/journal.ts', 'journal/checkpoints.ts'],
  ingest: ['domain', 'decode', 'journal/journal.ts'],
  store: ['domain'],
  alerts: ['domain', 'rules/scope.ts', 'rules/parents.ts'],
  delivery: [
    'domain',
    'alerts',
    'rules/scope.ts',
    'rules/parameters.ts',
    'rules/schedule-schema.ts',
    'rules/quantity-label.ts',
  ],
  workers: [
    'domain',
    'decode',
    'ingest',
    'energy',
    'rules',
    'alerts',
    'journal/journal.ts',
    'store/store.ts',
  ],
  api: [
    'domain',
    'energy',
    'waste',
    'comfort',
    'ingest',
    'alerts',
    'delivery',
    'journal/journal.ts',
    'store/store.ts',
  ],
  web: [],
  simulators: ['domain', 'decode', 'energy', 'ingest/normalise.ts'],
  'intake.ts': ['domain', 'config', 'access', 'journal', 'mqtt', 'workers'],
  'delivery.ts': ['domain', 'config', 'alerts', 'delivery', 'workers', 'rules/rule-file.ts'],
  'judging.ts': ['domain', 'config', 'journal', 'rules', 'workers', 'delivery.ts'],
  batteries: [
    'domain',
    'config',
    'energy',
    'workers/load-control/load-control.ts',
    'store/store.ts',
    'api/main-meters.ts',
    'api/commands.ts',
  ],
  'app.ts': [...pure, ...adapters, 'batteries', 'intake.ts', 'delivery.ts', 'judging.ts'],
  commands: [...pure, ...adapters, 'simulators', 'app.ts'],
  'main.ts': ['commands', 'app.ts', 'config', 'domain'],
};

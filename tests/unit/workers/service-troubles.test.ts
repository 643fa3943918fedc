import { expect, it } from 'vitest';
import { serviceTroubles, type TroubleSources } from '../../../src/workers/service-troubles.ts';

const well = { trouble: () => undefined };
const quiet: TroubleSources = {
  journal: {
    low: () => undefined,
    failure: () => undefined,
    isFull: () => false,
    damagedBytes: () => 0,
    sizeBytes: () => 0,
    maxBytes: () => 0,
  },
  readers: { store: well, rules: { ...well, unsaved: () => undefined } },
  death: () => undefined,
  brokers: () => ({}),
  files: {
    register: undefined,
    mappings: undefined,
    'rule file': undefined,
    credentials: undefined,
    recipients: undefined,
  },
  quarantine: { rows: () => 0, forgotten: () => 0 },
  maxQuarantineRows: 0,
  settings: { roomPct: 80, storeMinutes: 5, brokerMinutes: 5 },
};

it('gives a file time to be written, and those that are changed together', () => {
  const files = { ...quiet.files, register: { problem: () => 'devices.csv:7: b3 is not in places.yaml' } };
  const [told, ...others] = serviceTroubles({ ...quiet, files })().filter(
    ({ detail }) => detail !== undefined,
  );
  expect([told, others]).toMatchObject([{ subject: 'register', forMs: 3000 }, []]);
});

it('tells, once it has lasted, that what the rules know cannot be saved, and not that they stand still', () => {
  let unsaved: Error | undefined;
  const readers = { store: well, rules: { ...well, unsaved: () => unsaved } };
  const troubles = serviceTroubles({ ...quiet, readers });
  const told = () => troubles().filter(({ detail }) => detail !== undefined);
  expect(told()).toEqual([]);
  unsaved = new Error('rules-1.jsonl cannot be written: ENOSPC');
  expect(told()).toMatchObject([
    { subject: 'rules snapshot', severity: 'warning', forMs: 300_000, detail: unsaved.message },
  ]);
});

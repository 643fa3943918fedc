import { expect, it } from 'vitest';
import { serviceTroubles } from '../../../src/workers/service-troubles.ts';

const well = { trouble: () => undefined };

it('tells, once it has lasted, that what the rules know cannot be saved, and not that they stand still', () => {
  let unsaved: Error | undefined;
  const troubles = serviceTroubles({
    journal: {
      low: () => undefined,
      failure: () => undefined,
      isFull: () => false,
      damagedBytes: () => 0,
      sizeBytes: () => 0,
      maxBytes: () => 0,
    },
    readers: { store: well, rules: { ...well, unsaved: () => unsaved } },
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
  });
  const told = () => troubles().filter(({ detail }) => detail !== undefined);
  expect(told()).toEqual([]);
  unsaved = new Error('rules-1.jsonl cannot be written: ENOSPC');
  expect(told()).toMatchObject([
    { subject: 'rules snapshot', severity: 'warning', forMs: 300_000, detail: unsaved.message },
  ]);
});

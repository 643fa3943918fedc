import { expect, test } from 'vitest';
import { createClockCounts } from '../../../src/ingest/clock-counts.ts';

test('which clock a packet’s times came from is counted by format, the best clock first', () => {
  const { count, counts } = createClockCounts();
  expect(counts()).toEqual([]);
  count('chirpstack', 'server');
  count('chirpstack', 'device');
  count('ams', 'arrival');
  count('chirpstack', 'server');
  expect(counts()).toEqual([
    { format: 'chirpstack', clock: 'device', packets: 1 },
    { format: 'chirpstack', clock: 'server', packets: 2 },
    { format: 'ams', clock: 'arrival', packets: 1 },
  ]);
});

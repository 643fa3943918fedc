import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openDeviceSuggestions } from '../../../src/ingest/device-suggestions.ts';

const suggestion = (device: string, title = 'x') => ({
  device,
  alsoKnownAs: [`${device}-address`],
  model: 'zigbee2mqtt',
  title,
  quantities: ['airTemperatureC' as const],
});

it('remembers what gateways tell, as told last, over restarts, without what is registered under any of its names', () => {
  const db = new DatabaseSync(':memory:');
  const registered = new Set<string>();
  const open = () => openDeviceSuggestions(db, (device) => registered.has(device));
  const suggestions = open();
  suggestions.note(['b', 'a', 'c'].map((device) => suggestion(device)));
  suggestions.note([suggestion('a', 'y')]);
  registered.add('b').add('c-address');
  expect(suggestions.unregistered()).toEqual([suggestion('a', 'y')]);
  expect(open().unregistered()).toEqual([suggestion('a', 'y')]);
});

it('is bounded: what was told of longest ago is forgotten', () => {
  const db = new DatabaseSync(':memory:');
  const suggestions = openDeviceSuggestions(db, () => false);
  for (let page = 0; page < 11; page += 1) {
    suggestions.note(Array.from({ length: 1000 }, (_, i) => suggestion(`${page}-${i}`)));
  }
  const names = suggestions.unregistered().map(({ device }) => device);
  expect(names).toHaveLength(10_000);
  expect(names).not.toContain('0-999');
  expect(db.prepare('SELECT count(*) AS rows FROM device_suggestions').get()).toEqual({ rows: 10_000 });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { watchRegister } from '../../../src/config/register-source.ts';

const dir = mkdtempSync(join(tmpdir(), 'kvarter-register-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const files = { places: join(dir, 'places.yaml'), devices: join(dir, 'devices.csv') };
const context = { tariffNames: new Set<string>(), knowsModel: () => true };
const log = { error: () => undefined, info: () => undefined, warn: () => undefined };
const HEADER = 'device,model,building,space,role\n';

test('a file of devices of which only the header is written yet is refused, and is read when its rows are there', async () => {
  writeFileSync(
    files.places,
    'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b1, name: B }] }]\n',
  );
  const write = (rows: string) => writeFileSync(files.devices, `${HEADER}${rows}`);
  write('d,kvarter,b1,,\n');
  using register = watchRegister(files, context, log, 20);
  const devices = () => [...register.current().devices.keys()];
  await vi.waitFor(() => {
    write('');
    expect(register.problem()).toMatch(/devices.csv: has no devices any more/);
  });
  expect(devices()).toEqual(['d']);
  await vi.waitFor(() => {
    write('e,kvarter,b1,,\n');
    expect([devices(), register.problem()]).toEqual([['e'], undefined]);
  });
});

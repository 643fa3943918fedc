import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Config, loadConfig } from '../../../src/config/config.ts';
import { followSettings } from '../../../src/config/follow-settings.ts';

const dir = mkdtempSync(join(tmpdir(), 'kvarter-settings-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('recipients and routes are read again when the file changes, and wrong ones are refused at their line', async () => {
  const file = join(dir, 'kvarter.yaml');
  const write = (name: string, more = '') =>
    writeFileSync(
      file,
      `alerts:\n  recipients: [{ name: ${name}, ntfy: "https://ntfy.example.se/a" }]\n  routes: [{ to: anna }]\n${more}`,
    );
  write('anna');
  const load = () =>
    loadConfig({ cwd: dir, packageDir: join(import.meta.dirname, '../../..'), environment: {}, file }).config;
  const used: Config['alerts'][] = [];
  const warned: object[] = [];
  const log = {
    error: () => undefined,
    info: () => undefined,
    warn: (fields: object) => warned.push(fields),
  };
  using followed = followSettings(load(), { file, load }, log, 20);
  followed.onChange((alerts) => used.push(alerts));

  await vi.waitFor(() => {
    write('bo');
    expect(followed.problem()).toMatch(/kvarter.yaml:3:.*there is no recipient anna/);
  });
  expect([used, followed.recipients()]).toEqual([[], ['anna']]);

  write('anna', 'http: { port: 9999 }\n');
  await vi.waitFor(() => expect(warned).toEqual([{ settings: ['http'] }]));
  expect(used.length).toBeGreaterThan(0);
  expect(followed.problem()).toBeUndefined();
});

test('a file that says nothing, as one has it that is about to be written, is refused', async () => {
  const said = mkdtempSync(join(tmpdir(), 'kvarter-settings-'));
  const file = join(said, 'kvarter.yaml');
  const write = (text: string) => writeFileSync(file, text);
  write('alerts:\n  recipients: [{ name: anna, ntfy: "https://ntfy.example.se/a" }]\n');
  const load = () =>
    loadConfig({ cwd: said, packageDir: join(import.meta.dirname, '../../..'), environment: {}, file })
      .config;
  const log = { error: () => undefined, info: () => undefined, warn: () => undefined };
  using followed = followSettings(load(), { file, load }, log, 20);
  for (const nothing of ['', '# to come\n', 'alerts:\n']) {
    await vi.waitFor(() => {
      write(nothing);
      expect(followed.problem()).toMatch(/kvarter.yaml: says nothing/);
    });
    await vi.waitFor(() => {
      write('alerts:\n  recipients: [{ name: bo, ntfy: "https://ntfy.example.se/a" }]\n');
      expect(followed.problem()).toBeUndefined();
    });
  }
  await vi.waitFor(() => {
    write('alerts: { recipients: [] }\n');
    expect(followed.recipients()).toEqual([]);
  });
  rmSync(said, { recursive: true });
});

test('settings that hold from the next start on are named, also new ones, as long as they differ from those that hold', async () => {
  const said = mkdtempSync(join(tmpdir(), 'kvarter-settings-'));
  const file = join(said, 'kvarter.yaml');
  let n = 0;
  const load = () =>
    loadConfig({ cwd: said, packageDir: join(import.meta.dirname, '../../..'), environment: {}, file })
      .config;
  let warned: object[] = [];
  let read = 0;
  const log = {
    error: () => undefined,
    info: () => {
      read += 1;
    },
    warn: (fields: object) => warned.push(fields),
  };
  const becomes = async (text: string) => {
    const before = read;
    n += 1;
    warned = [];
    await vi.waitFor(() => {
      writeFileSync(file, `alerts: { timeoutSeconds: ${n}, ${text} }\n`);
      expect(read).toBeGreaterThan(before);
    });
    return warned.slice(0, 1);
  };
  writeFileSync(file, 'alerts: { timeoutSeconds: 5, keepDays: 30 }\n');
  using followed = followSettings(load(), { file, load }, log, 20);
  followed.onChange(() => undefined);
  expect(await becomes('keepDays: 30')).toEqual([]);
  expect(await becomes('keepDays: 40, link: "https://kvarter.example.se/{id}"')).toEqual([
    { settings: ['alerts.keepDays', 'alerts.link'] },
  ]);
  expect(await becomes('keepDays: 30')).toEqual([]);
  rmSync(said, { recursive: true });
});

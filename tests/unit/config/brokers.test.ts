import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LoadedConfig, loadConfig } from '../../../src/config/config.ts';
import { openTempDir } from '../../support/temp-dir.ts';

async function load(brokers: string, files: readonly string[] = []): Promise<LoadedConfig> {
  await using dir = await openTempDir();
  for (const file of files) writeFileSync(join(dir.path, file), 'x');
  const file = join(dir.path, 'kvarter.yaml');
  writeFileSync(file, `brokers:\n${brokers}`);
  const packageDir = join(import.meta.dirname, '../../..');
  return loadConfig({ cwd: dir.path, packageDir, environment: {}, file });
}

const least = "  - { name: site, url: 'mqtt://localhost', topics: ['site/+/#'] }\n";
const tls = (more: string) => `  - { name: site, url: 'mqtts://localhost', topics: [a], ${more} }\n`;

describe('the external brokers of the configuration', () => {
  it('are none unless given', async () => {
    expect((await load('')).config.brokers).toEqual([]);
  });

  it('need a name, a url and topics; the rest has defaults', async () => {
    expect((await load(least)).config.brokers).toEqual([
      {
        name: 'site',
        url: 'mqtt://localhost',
        topics: ['site/+/#'],
        sessionExpiryHours: 168,
        receiveMaximum: 1000,
      },
    ]);
  });

  it('name their files relative to the working directory', async () => {
    const { config } = await load(tls('passwordFile: secret, caFile: ca'), ['secret', 'ca']);
    expect(config.brokers[0]).toMatchObject({
      passwordFile: expect.stringMatching(/^\/.*\/secret$/),
      caFile: expect.stringMatching(/^\/.*\/ca$/),
    });
  });

  it.each([
    ['a name that is there twice', least + least, /:3:\d+: brokers\.1\.name: site is there twice/],
    ['another protocol', least.replace('mqtt:', 'http:'), /:2:\d+: brokers\.0\.url: must be mqtt:/],
    ['a secret in the url', least.replace('//', '//me:secret@'), /brokers\.0\.url: a secret does not belong/],
    ['a password in the file', tls('password: b'), /:2:\d+: brokers\.0\.password: unknown key/],
    ['no topics', least.replace("'site/+/#'", ''), /brokers\.0\.topics: /],
    ['# before the end', least.replace('+/#', '#/a'), /brokers\.0\.topics\.0: not a topic filter/],
    ['+ as a part of a level', least.replace('+/#', 'a+'), /brokers\.0\.topics\.0: not a topic filter/],
    ['a shared filter', least.replace('site/', '$share/g/'), /brokers\.0\.topics\.0: name the group/],
    [
      "kvarter's own topics",
      least.replace('site/+', 'kvarter/alerts'),
      /topics\.0: kvarter itself publishes/,
    ],
    ['a group without a client id', tls('share: g'), /brokers\.0\.clientId: kvarters that share a group/],
    ['a certificate without its key', tls('certFile: a'), /brokers\.0\.certFile: certificate and key go/],
    ['TLS files without TLS', tls('caFile: a').replace('mqtts', 'mqtt'), /brokers\.0\.caFile: only mqtts/],
    ['a file that is not there', tls('caFile: no/such'), /brokers\.0\.caFile: cannot be read/],
    ['no way to be sent anything', tls('receiveMaximum: 0'), /brokers\.0\.receiveMaximum: /],
  ])('refuse %s', async (_what, brokers, message) => {
    await expect(load(brokers)).rejects.toThrow(message);
  });
});

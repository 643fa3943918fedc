import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { deliverySecrets } from '../../../src/config/delivery-checks.ts';
import { parseRules, unknownToldIn } from '../../../src/config/rules.ts';
import { loadTemplates } from '../../../src/config/templates.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const packageDir = join(import.meta.dirname, '../../..');

async function load(yaml: string, environment: Record<string, string> = {}, files: readonly string[] = []) {
  await using dir = await openTempDir();
  for (const file of files) writeFileSync(join(dir.path, file), 'hemligt\n');
  const file = join(dir.path, 'kvarter.yaml');
  writeFileSync(file, yaml);
  const { config } = loadConfig({ cwd: dir.path, packageDir, environment, file });
  return { alerts: config.alerts, secrets: deliverySecrets(config.alerts) };
}
const problemOf = (yaml: string) =>
  load(yaml).then(
    () => '',
    (error: Error) => error.message.replaceAll(/^.*?kvarter\.yaml/gm, 'kvarter.yaml'),
  );

const mail = 'email: { host: smtp.example.se, from: larm@example.se }';
const anna = '{ name: anna, email: anna@example.se }';

describe('recipients and routes in the configuration', () => {
  it('are none unless given', async () => {
    expect((await load('')).alerts).toMatchObject({ recipients: [], routes: [] });
  });

  it('take one or several addresses, hours and names', async () => {
    const { alerts } = await load(`alerts:
  ${mail}
  recipients:
    - { name: anna, email: [a@example.se, b@example.se], language: sv, quietHours: 22:00-06:00 }
  routes:
    - { to: anna, scope: { building: b1 }, escalate: [{ after: 30 min, to: [anna] }] }
`);
    expect(alerts.recipients).toMatchObject([
      { email: ['a@example.se', 'b@example.se'], quietHours: [[1320, 360]] },
    ]);
    expect(alerts.routes).toEqual([
      { scope: { building: ['b1'] }, to: ['anna'], escalate: [{ after: 1_800_000, to: ['anna'] }] },
    ]);
  });

  it('read secrets from files, and the password of mail from the environment', async () => {
    const yaml = `alerts:
  email: { host: h, from: a@b.se, username: u }
  recipients:
    - { name: phone, ntfy: 'https://ntfy.example.se/t', tokenFile: token }
    - { name: machine, webhook: 'https://example.se/w', secretFile: token }
`;
    const { secrets } = await load(yaml, { KVARTER_ALERTS__EMAIL__PASSWORD: 'hemligast' }, ['token']);
    expect(secrets.recipients).toMatchObject([{ token: 'hemligt' }, { secret: 'hemligt' }]);
    expect(secrets.mailServer).toMatchObject({ password: 'hemligast', security: 'starttls', port: 587 });
  });

  it.each([
    [
      'no way to tell',
      `recipients: [{ name: a }]`,
      /kvarter\.yaml:2:\d+: alerts\.recipients\.0\.name: say one of email/,
    ],
    ['two ways', `recipients: [{ name: a, email: a@b.se, ntfy: 'https://a/b' }]`, /say one of email/],
    [
      'no address',
      `recipients: [{ name: a, email: anna }]`,
      /recipients\.0\.email\.0: anna is no e-mail address/,
    ],
    ['mail without a server', `recipients: [${anna}]`, /kvarter\.yaml:2:\d+: .*email: mail needs a server/],
    ['a name twice', `${mail}\n  recipients: [${anna}, ${anna}]`, /recipients\.1\.name: anna is there twice/],
    ['a secret in an address', `recipients: [{ name: a, webhook: 'https://u:p@h/' }]`, /use secretFile/],
    ['an unknown key', `recipients: [{ name: a, mail: a@b.se }]`, /recipients\.0\.mail: unknown key/],
    [
      'hours that are none',
      `recipients: [{ name: a, ntfy: 'https://a/b', quietHours: nights }]`,
      /are no hours/,
    ],
    ['a language that is none', `recipients: [{ name: a, ntfy: 'https://a/b', language: no }]`, /language/],
    [
      'a route to nobody',
      `${mail}\n  recipients: [${anna}]\n  routes: [{ to: [anna, bo] }]`,
      /kvarter\.yaml:4:\d+: alerts\.routes\.0\.to\.1: there is no recipient bo: known are anna/,
    ],
    [
      'an escalation to nobody',
      `${mail}\n  recipients: [${anna}]\n  routes: [{ to: anna, escalate: [{ after: 1 h, to: bo }] }]`,
      /routes\.0\.escalate\.0\.to\.0: there is no recipient bo/,
    ],
    [
      'a quantity that is none',
      `routes: [{ to: [], scope: { quantity: heat } }]`,
      /routes\.0\.scope\.quantity/,
    ],
    [
      'a severity that is none',
      `routes: [{ to: a, scope: { severity: huge } }]`,
      /routes\.0\.scope\.severity/,
    ],
    ['a user without a password', 'email: { host: h, username: u }', /email\.username: needs a password/],
    ['a password in the file', 'email: { password: p }', /secret does not belong in the file/],
    ['a link without the id', "link: 'https://example.se/'", /alerts\.link: must hold \{id\}/],
    [
      'a file that is not there',
      `recipients: [{ name: a, ntfy: 'https://a/b', tokenFile: no }]`,
      /cannot be read/,
    ],
  ])('are refused with path and line: %s', async (_what, yaml, problem) => {
    expect(await problemOf(`alerts:\n  ${yaml}\n`)).toMatch(problem);
  });

  it('send no password unencrypted to another machine', async () => {
    const yaml = 'alerts: { email: { host: smtp.example.se, username: u, security: none } }';
    await expect(load(yaml, { KVARTER_ALERTS__EMAIL__PASSWORD: 'p' })).rejects.toThrow(
      /security: a password/,
    );
  });

  it('are known to the rules, or a warning names rule and line', () => {
    const read = parseRules('rules.yaml', 'rules:\n  - type: stale\n    recipients: [anna, bo]\n');
    if (!read.ok) throw new Error('the rules are wrong');
    expect(read.rules.entries[0]?.recipients).toEqual(['anna', 'bo']);
    expect(unknownToldIn('rules.yaml', read, ['anna'])).toMatchObject([
      { line: 3, path: 'rules.0.recipients', message: expect.stringMatching(/has no bo/) },
    ]);
  });
});

describe('the templates of messages', () => {
  const broken = async (file: string, change: (text: string) => string) => {
    await using dir = await openTempDir();
    cpSync(join(packageDir, 'config/templates'), dir.path, { recursive: true });
    const path = join(dir.path, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    try {
      loadTemplates(dir.path);
      return '';
    } catch (error) {
      return String(error).replaceAll(dir.path, '');
    }
  };

  it.each([
    [
      'an unknown placeholder',
      'sv/new.txt',
      (text: string) => `${text}{{titel}}`,
      /\/sv\/new\.txt:\d+: there is no placeholder \{\{titel\}\}/,
    ],
    [
      'one in the subject',
      'en/new.txt',
      (text: string) => text.replace('{{title}}', '{{x}}'),
      /\/en\/new\.txt:1: /,
    ],
    ['a section without an end', 'en/new.txt', (text: string) => `${text}{{#link}}`, /has no \{\{\/link\}\}/],
    ['no subject', 'en/new.txt', () => 'Hello', /\/en\/new\.txt:1: must begin with "Subject: …"/],
    [
      'half a placeholder in the words',
      'sv/words.yaml',
      (text: string) => text.replace(/(?<= {2}spike:\n {4}- title: ).*/, "'{{a'"),
      /words\.yaml:\d+:\d+: alerts\.spike\.0\.title: \{\{ belongs to no/,
    ],
    [
      'words for a type of rule that there is not',
      'sv/words.yaml',
      (text: string) => text.replace('\n  comfort:', '\n  confort:'),
      /sv\/words\.yaml:\d+:3: alerts\.confort: unknown key: check its spelling/,
    ],
    [
      'and for a quantity',
      'sv/words.yaml',
      (text: string) => text.replace('\n  batteryPct:', '\n  batterPct:'),
      /sv\/words\.yaml:\d+:3: quantities\.batterPct: unknown key: check its spelling/,
    ],
    ['a word that is missing', 'en/words.yaml', () => 'service: kvarter', /words\.yaml.*severities/],
  ])('are refused with file and line: %s', async (_what, file, change, problem) => {
    expect(await broken(file, change)).toMatch(problem);
  });
});

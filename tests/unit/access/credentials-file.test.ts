import { describe, expect, it } from 'vitest';
import {
  mayPublish,
  mayReceive,
  maySpeakFor,
  maySubscribe,
  validHashes,
} from '../../../src/access/credential.ts';
import { parseCredentials } from '../../../src/access/credentials-file.ts';
import { problemText } from '../../../src/config/problem.ts';

const HASH = '"$scrypt$ln=10,r=8,p=1$c29tZSBzYWx0IGhlcmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"';
const HEADER = 'name,kind,hash,publish,subscribe,devices\n';

function parse(text: string, taken?: string) {
  return parseCredentials({ file: 'c.csv', text }, taken);
}

function credentialsOf(text: string) {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.credentials;
}

function one(row: string) {
  const [credential] = credentialsOf(HEADER + row).values();
  if (!credential) throw new Error('no credential');
  return credential;
}

describe('a device', () => {
  const device = one(`el-b1,device,${HASH},v3/app@tenant/devices/{name}/up,cmd/{name}/#,`);

  it.each([
    ['kvarter/el-b1/up', true],
    ['kvarter/el-b1', true],
    ['kvarter/el-b2/up', false],
    ['kvarter/el-b11/up', false],
    ['v3/app@tenant/devices/el-b1/up', true],
    ['v3/app@tenant/devices/el-b2/up', false],
    ['$SYS/x', false],
  ])('publishes on %s: %s', (topic, may) => {
    expect(mayPublish(device, topic)).toBe(may);
  });

  it('subscribes to what it was given, and nothing else', () => {
    expect(
      ['cmd/el-b1/#', 'cmd/el-b1/x', 'cmd/+/x', '#'].map((filter) => maySubscribe(device, filter)),
    ).toEqual([true, true, false, false]);
    expect(maySubscribe(one(`x,device,${HASH},,,`), 'kvarter/x/#')).toBe(false);
  });

  it('speaks for itself', () => {
    const all = credentialsOf(`${HEADER}el-b1,device,${HASH},,,\n`);
    expect(maySpeakFor(all, 'el-b1', 'el-b1')).toBe(true);
    expect(maySpeakFor(all, 'el-b1', 'el-b2')).toBe(false);
  });
});

describe('a gateway', () => {
  const row = `lora,gateway,${HASH},application/+/device/+/event/up,,0101* abc`;

  it('publishes within its filters alone', () => {
    expect(mayPublish(one(row), 'application/1/device/01/event/up')).toBe(true);
    expect(mayPublish(one(row), 'kvarter/lora/up')).toBe(false);
  });

  it.each([
    ['0101010101010101', true],
    ['0102', false],
    ['abc', true],
    ['abcd', false],
    ['lora', false],
  ])('speaks for %s: %s', (device, may) => {
    expect(maySpeakFor(credentialsOf(HEADER + row), 'lora', device)).toBe(may);
  });

  it('speaks for all with *', () => {
    expect(maySpeakFor(credentialsOf(`${HEADER}g,gateway,${HASH},a/#,,*`), 'g', 'anything')).toBe(true);
  });
});

describe('a reader', () => {
  const reader = one(`page,reader,${HASH},,kvarter/alerts/# $SYS/+/uptime,`);

  it('publishes nothing', () => {
    expect(mayPublish(reader, 'kvarter/page/up')).toBe(false);
  });

  it('subscribes and receives within its filters', () => {
    expect(maySubscribe(reader, 'kvarter/alerts/b1/+')).toBe(true);
    expect(maySubscribe(reader, 'kvarter/#')).toBe(false);
    expect(maySubscribe(reader, '$SYS/#')).toBe(false);
    expect(mayReceive(reader, 'kvarter/alerts/b1/1')).toBe(true);
    expect(mayReceive(reader, '$SYS/abc/uptime')).toBe(true);
    expect(mayReceive(reader, 'kvarter/el-b1/up')).toBe(false);
  });
});

it('a sender that is no longer known speaks for the device of its own name, and for no other', () => {
  const none = credentialsOf(HEADER);
  expect(maySpeakFor(none, 'el-b1', 'el-b1')).toBe(true);
  expect(maySpeakFor(none, 'lora', 'el-b1')).toBe(false);
});

it('the password before holds until its time', () => {
  const text = `name,kind,hash,publish,subscribe,devices,oldHash,oldUntil\nx,device,${HASH},,,,${HASH},2026-02-01T00:00:00Z`;
  const [credential] = credentialsOf(text).values();
  const until = Date.parse('2026-02-01T00:00:00Z');
  expect([until - 1, until].map((nowMs) => credential && validHashes(credential, nowMs).length)).toEqual([
    2, 1,
  ]);
});

it('comments, empty lines and columns in another order change nothing', () => {
  const text = `# who may connect\nkind,name,devices,publish,subscribe,hash\n\n# a meter\ndevice, a ,,,,${HASH}\n`;
  expect([...credentialsOf(text).keys()]).toEqual(['a']);
});

it('a row without a hash is for a client certificate', () => {
  expect(validHashes(one('a,device,,,,'), 0)).toEqual([]);
});

it('every problem is told at its line and column, and then nothing holds', () => {
  const parsed = parse(
    `${HEADER}a b,device,${HASH},,,
c,robot,${HASH},,,
d,device,secret,,,
e,device,${HASH},a/#/b,,
f,device,${HASH},,,other
g,gateway,${HASH},,,
h,reader,${HASH},x,,y
ok,device,${HASH},,,
ok,device,${HASH},,,
alerts,device,${HASH},,,
i,gateway,${HASH},x,,a*b
admin,device,${HASH},,,
j,device,${HASH},,,,,,,
`,
    'admin',
  );
  expect(parsed.ok ? [] : parsed.problems.map(problemText)).toEqual([
    expect.stringMatching(/^c\.csv:14: has 10 fields/),
    expect.stringMatching(/^c\.csv:2:1: name: a name is letters/),
    expect.stringMatching(/^c\.csv:3:2: kind: must be device, gateway, reader/),
    expect.stringMatching(/^c\.csv:4:3: hash: is not a hash/),
    expect.stringMatching(/^c\.csv:5:4: publish: is not a list of topic filters/),
    expect.stringMatching(/^c\.csv:6:6: devices: a device speaks for itself/),
    expect.stringMatching(/^c\.csv:7:4: publish: a gateway needs/),
    expect.stringMatching(/^c\.csv:7:6: devices: a gateway needs/),
    expect.stringMatching(/^c\.csv:8:4: publish: a reader publishes nothing/),
    expect.stringMatching(/^c\.csv:8:6: devices: a reader speaks for nobody/),
    expect.stringMatching(/^c\.csv:10:1: name: ok is there twice/),
    expect.stringMatching(/^c\.csv:11:1: name: kvarter itself publishes on/),
    expect.stringMatching(/^c\.csv:12:6: devices: is a list of device ids/),
    expect.stringMatching(/^c\.csv:13:1: name: admin is mqtt.username already/),
  ]);
});

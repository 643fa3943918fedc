import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rulesTest } from '../../../src/commands/rules-test.ts';
import { parseSteps } from '../../../src/commands/series-notation.ts';
import { call } from '../../support/command.ts';

const root = join(import.meta.dirname, '../../..');
const dir = mkdtempSync(join(tmpdir(), 'kvarter-rules-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('series in their short form', () => {
  it.each([
    ['20', [20]],
    ['20x3', [20, 20, 20]],
    ['20x2 21 +0.1x2', [20, 20, 21, 21.1, 21.2]],
    ['5 +-2.5x2', [5, 2.5, 0]],
    ['-5x2 -6.5', [-5, -5, -6.5]],
    ['20+0.5x2 20-1x1', [20, 20.5, 21, 20, 19]],
    ['1 _ _x2 +1', [1, undefined, undefined, undefined, 2]],
    ['1e3', [1000]],
  ])('%s', (text, steps) => {
    expect(parseSteps(text)).toEqual({ ok: true, steps });
  });

  it.each([
    ['', /no value/],
    ['twenty', /twenty: write 20/],
    ['+1x3', /no value before/],
    ['1x2000000', /more than 1000000/],
    ['1x', /1x: write/],
  ])('%j is refused', (text, says) => {
    expect(parseSteps(text)).toEqual({ ok: false, message: expect.stringMatching(says) });
  });
});

const FILE = `rules:
  - { type: out-of-range, scope: { quantity: airTemperatureC }, parameters: { min: 15 }, for: 30 min, clear: 0 }
register:
  places: { organisation: { id: o, name: O }, areas: [{ id: a, name: A, buildings: [{ id: b1, name: B }] }] }
  devices: |
    device,model,building,space,role
    s1,kvarter,b1,,room
    s2,kvarter,b1,,room
tests:
  - name: cold
    start: 2026-01-15T00:00:00+01:00
    step: 10 min
    series:
      - { device: s1, quantity: airTemperatureC, values: 20x3 12x9 }
      - { device: s2, quantity: airTemperatureC, at: [[0, 20], [1 h 10 min, 12.5], [2026-01-15T03:00:00+01:00, 20]] }
    expect:
      - { at: 50 min, alerts: [] }
      - { at: 1 h, alerts: [{ rule: out-of-range, device: s1, title: '12' }] }
      - { at: 100 min, alerts: [{ rule: out-of-range }, { rule: out-of-range, device: s1 }] }
      - { at: 2026-01-15T03:00:00+01:00, alerts: [{ rule: out-of-range, device: s1 }] }
`;

async function run(text: string, values: Record<string, string | boolean> = {}) {
  const file = join(dir, 'test.yaml');
  writeFileSync(file, text);
  const said = await call({ dir: root, app: { httpPort: 1 } }, rulesTest, [file], values);
  return { ...said, printed: said.printed.replaceAll(file, 'test.yaml') };
}

describe('kvarter rules test', () => {
  it('passes the example that is shipped', async () => {
    const { code, printed } = await call({ dir: root, app: { httpPort: 1 } }, rulesTest, [
      join(root, 'config/rules-test.yaml'),
    ]);
    expect([code, printed]).toEqual([0, '3 tests passed, 0 failed.\n']);
  });

  it('passes what fires exactly, rules and register in the file', async () => {
    expect(await run(FILE)).toMatchObject({ code: 0, printed: '1 tests passed, 0 failed.\n' });
  });

  it('takes the text of a rule file in place of the file', async () => {
    const text = FILE.replace('rules:\n  - {', 'rules: |\n  rules:\n    - {');
    expect((await run(text)).printed).toBe((await run(FILE)).printed);
  });

  it('fails, and says where, what is missing, what is nearest, and what nobody expected', async () => {
    const wrong = FILE.replace("title: '12' }", 'severity: critical }, { rule: stale, device: s2 }').replace(
      'at: 50 min, alerts: []',
      'at: 2 h, alerts: []',
    );
    const { code, printed } = await run(wrong);
    expect(code).toBe(1);
    expect(printed).toMatch(/^FAILED cold\n {2}test.yaml:18: at 2026-01-15T00:00:00.000Z \(1 h\)\n/);
    expect(printed).toMatch(/missing, line 18: .*"critical".*\(nearest: severity is warning, not critical\)/);
    expect(printed).toMatch(/missing, line 18: .*"stale"/);
    expect(printed).toMatch(/\+ not expected: out-of-range, warning, s1\|airTemperatureC\|: "/);
    expect(printed).toMatch(/test.yaml:17: at 2026-01-15T01:00:00.000Z \(2 h\)/);
    expect(printed).toMatch(/0 tests passed, 1 failed/);
    const json = JSON.parse((await run(wrong, { json: true })).printed);
    expect(json).toMatchObject({ test: 'cold', passed: false });
  });

  it.each([
    [
      'a quantity that is none',
      ['airTemperatureC, values', 'warmth, values'],
      /test\.yaml:14:\d+: tests\.0\.series\.0\.quantity: warmth/,
    ],
    ['values that are none', ['20x3 12x9', '20y3'], /:14:\d+: tests\.0\.series\.0\.values: 20y3: write/],
    [
      'a device that is not there',
      ['device: s1, quantity', 'device: s9, quantity'],
      /:14:\d+: tests\.0\.series\.0: unknown-device/,
    ],
    ['a value that cannot be', ['12x9', '999'], /:14:\d+: tests\.0\.series\.0: impossible-value/],
    [
      'a rule that is none',
      ['type: out-of-range', 'type: out-of-rage'],
      /test\.yaml:2:\d+: rules\.0\.type: there is no type/,
    ],
    [
      'a register that is wrong',
      ['s2,kvarter,b1', 's2,kvarter,b9'],
      /test\.yaml:8:\d+: building: b9 is not in places/,
    ],
    [
      'places that are wrong',
      ['id: b1, name: B', 'id: b1'],
      /test\.yaml:4:\d+: register\.places\.areas\.0\.buildings\.0\.name/,
    ],
    ['a moment that is none', ['at: 50 min', 'at: soon'], /:17:\d+: tests\.0\.expect\.0\.at: soon: write/],
    [
      'a rule that nothing else is compared with, and there is not',
      ['step: 10 min', 'step: 10 min\n    only: [out-of-rage]'],
      /:13:\d+: tests\.0\.only\.0: there is no rule out-of-rage: known are service, out-of-range/,
    ],
    ['a step that is none', ['step: 10 min', 'step: 0'], /:12:\d+: tests\.0\.step: must be more than 0/],
    [
      'rules as text',
      ['rules:\n  - { type: out-of-range', 'rules: |\n  rules:\n    - { type: out-of-rage'],
      /test\.yaml:3:\d+: rules\.0\.type: there is no type/,
    ],
    ['a key that is none', ['step: 10 min', 'steps: 10 min'], /:12:\d+: tests\.0\.steps: unknown key/],
    [
      'a start without offset',
      ['00:00:00+01:00\n    step', '00:00:00\n    step'],
      /:11:\d+: tests\.0\.start: .*offset/,
    ],
  ])('names path and line of %s', async (_what, [from = '', to = ''], says) => {
    await expect(run(FILE.replace(from, to))).rejects.toThrow(says);
  });
});

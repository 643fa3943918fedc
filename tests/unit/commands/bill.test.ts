import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { billCommand } from '../../../src/commands/bill.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const repository = join(import.meta.dirname, '../../..');
const ellevio = join(repository, 'config/tariffs/ellevio-2025.json');

async function openSite() {
  const dir = await openTempDir();
  const load = join(dir.path, 'load.csv');
  const rows = Array.from({ length: 744 }, (_, i) => {
    const at = new Date(Date.parse('2025-01-01T00:00+01:00') + i * 3_600_000).toISOString();
    return `${at},${i === 152 ? 60 : 10}`;
  });
  writeFileSync(load, `time,kw\n${rows.join('\n')}\n`);
  const run = async (values: Record<string, string | boolean>) => {
    const [said, complained]: [string[], string[]] = [[], []];
    const code = await billCommand.run(
      {
        places: { cwd: repository, packageDir: repository, environment: {} },
        version: '0',
        clock: () => 0,
        print: (text) => said.push(text),
        complain: (text) => complained.push(text),
        taken: async () => {},
        inputChunks: () => Readable.from([]),
        terminal: undefined,
        stop: new AbortController().signal,
      },
      { values, files: [] },
    );
    return { code, text: said.join(''), complained: complained.join('') };
  };
  return { dir: dir.path, load, run, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

describe('kvarter bill', () => {
  it('prints JSON with the fields that the issue asks for', async () => {
    await using site = await openSite();
    const { code, text } = await site.run({ tariff: ellevio, load: site.load, json: true });
    expect(code).toBe(0);
    // (60 + 10 + 10) / 3 × 65 = 1,733.33.
    expect(JSON.parse(text)).toEqual({
      currency: 'SEK',
      periods: [
        {
          from: '2024-12-31T23:00:00.000Z',
          to: '2025-01-31T23:00:00.000Z',
          coverage: 1,
          incomplete: false,
          notes: [],
          components: [
            {
              reference: 'main',
              kind: 'power',
              quantity: 26.666667,
              unit: 'kW',
              price: 65,
              priceIncVat: 81.25,
              cost: 1733.33,
              costIncVat: 2166.67,
              peaks: [
                { from: '2025-01-07T07:00:00.000Z', to: '2025-01-07T08:00:00.000Z', kw: 60, weightedKw: 60 },
                { from: '2025-01-01T05:00:00.000Z', to: '2025-01-01T06:00:00.000Z', kw: 10, weightedKw: 10 },
                { from: '2025-01-02T05:00:00.000Z', to: '2025-01-02T06:00:00.000Z', kw: 10, weightedKw: 10 },
              ],
            },
          ],
          cost: { exVat: 1733.33, incVat: 2166.67 },
        },
      ],
      cost: { exVat: 1733.33, incVat: 2166.67 },
      incomplete: false,
    });
  });

  it('prints a table for people, and marks what is incomplete', async () => {
    await using site = await openSite();
    const { text } = await site.run({
      tariff: ellevio,
      load: site.load,
      from: '2025-01-01',
      to: '2025-02-10',
    });
    expect(text).toContain('Ellevio AB, Power tariff 2025');
    expect(text).toContain('2025-01-07 08:00 to 09:00: 60 kW');
    expect(text).toMatch(/2025-02-01 to 2025-03-01 {2}INCOMPLETE \(0 % of the time is known\)/);
    expect(text).toContain('Total 1733.33 SEK (2166.67 with VAT). INCOMPLETE: see the notes');
  });

  it('ranks a folder, and says what it cannot bill', async () => {
    await using site = await openSite();
    const folder = join(site.dir, 'tariffs');
    mkdirSync(folder);
    const tariff = (price: number, validPeriod: object | null = null) =>
      JSON.stringify({
        tariffs: [
          {
            validPeriod,
            energyPrice: {
              components: [{ price: { priceExVat: price, priceIncVat: price, currency: 'SEK' } }],
            },
          },
        ],
      });
    writeFileSync(join(folder, 'dear.json'), tariff(2));
    writeFileSync(join(folder, 'cheap.json'), tariff(1));
    writeFileSync(join(folder, 'old.json'), tariff(1, { toExcluding: '2020-01-01' }));
    writeFileSync(join(folder, 'wrong.json'), '{"tariffs": []}');
    const { code, text } = await site.run({ compare: folder, load: site.load, json: true });
    const { tariffs, notBilled } = JSON.parse(text);
    expect([code, tariffs.map(({ rank, tariff: name, cost }: never) => [rank, name, cost])]).toEqual([
      0,
      [
        [1, 'cheap', { exVat: 7490, incVat: 7490 }],
        [2, 'dear', { exVat: 14980, incVat: 14980 }],
      ],
    ]);
    expect(notBilled.map(({ name, why }: { name: string; why: string }) => `${name}: ${why}`)).toEqual([
      'old: tariffs.0.validPeriod: the tariff has no price for 2025-01-01: it is valid until 2020-01-01',
      expect.stringContaining('wrong.json:1:13: tariffs: a tariff file holds one tariff or more'),
    ]);
  });

  it('chooses among the tariffs of a file', async () => {
    await using site = await openSite();
    const file = join(site.dir, 'two.json');
    const tariff = (product: string, priceExVat: number) => ({
      product,
      energyPrice: { components: [{ price: { priceExVat, currency: 'SEK' } }] },
    });
    writeFileSync(file, JSON.stringify({ tariffs: [tariff('A', 1), tariff('B', 2)] }));
    const { text } = await site.run({ tariff: `${file}#B`, load: site.load, json: true });
    expect(JSON.parse(text).cost.exVat).toBe(14980);
    await expect(site.run({ tariff: file, load: site.load })).rejects.toThrow(
      `${file} holds 2 tariffs: say which one, as --tariff '${file}#PRODUCT'. It has A, B`,
    );
    await expect(site.run({ tariff: `${file}#C`, load: site.load })).rejects.toThrow(
      'holds no tariff called C',
    );
  });

  it.each<[values: Record<string, string>, says: string]>([
    [{}, '--load is missing'],
    [{ load: 'x.csv' }, 'give either --tariff FILE or --compare DIR'],
    [{ load: 'x.csv', tariff: 'none.json' }, 'none.json: cannot be read'],
    [{ load: 'none.csv', tariff: ellevio }, 'none.csv: cannot be read'],
    [{ load: 'none.csv', compare: 'none' }, 'none: is no folder that can be read'],
  ])('%j is refused', async (values, says) => {
    await using site = await openSite();
    await expect(site.run(values)).rejects.toThrow(says);
  });

  it('says with its JSON path what is without a price', async () => {
    await using site = await openSite();
    const old = join(repository, 'config/tariffs/ellevio-2025.json');
    await expect(
      site.run({ tariff: old, load: site.load, from: '2025-02-01', to: '2025-01-01' }),
    ).rejects.toThrow('--from: must be before --to');
    writeFileSync(site.load, 'time,kw\n2020-01-01T00:00,1\n2020-01-01T01:00,1\n');
    await expect(site.run({ tariff: old, load: site.load })).rejects.toThrow(
      'tariffs.0.validPeriod: the tariff has no price for 2020-01-01: it is valid from 2025-01-01',
    );
    expect((await site.run({ tariff: old, load: site.load, 'nearest-year': true, json: true })).code).toBe(0);
  });

  it('notes a gap of the load once, however many zones the tariffs of a folder have', async () => {
    await using site = await openSite();
    writeFileSync(site.load, 'time,kw\n2025-01-01T00:00Z,1\n2025-01-01T01:00Z,1\n2025-01-01T03:00Z,1\n');
    const { complained } = await site.run({ compare: join(repository, 'config/tariffs'), load: site.load });
    expect(complained).toBe(
      `note: ${site.load}:4: an interval is missing before this line: carried as missing\n`,
    );
  });

  it('refuses a span in which the load has nothing, in place of a bill of nothing', async () => {
    await using site = await openSite();
    const late = site.run({ tariff: ellevio, load: site.load, from: '2025-02-01' });
    const of = 'the load is of 2024-12-31T23:00:00.000Z to 2025-01-31T23:00:00.000Z';
    await expect(late).rejects.toThrow(`--from, --to: no load is known between them; ${of}`);
    await expect(site.run({ tariff: ellevio, load: site.load, to: '2025-01-01' })).rejects.toThrow(of);
    const beyond = { from: '2025-02-01', to: '2025-03-01', 'nearest-year': true };
    await expect(site.run({ tariff: ellevio, load: site.load, ...beyond })).rejects.toThrow(of);
  });
});

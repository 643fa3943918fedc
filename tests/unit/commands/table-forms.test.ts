import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLevels } from '../../../src/commands/levels-file.ts';
import { createSeriesReader } from '../../../src/commands/series-csv.ts';
import { linesOf } from '../../../src/domain/csv-form.ts';
import { parseLoadFile } from '../../../src/energy/loads/load-file.ts';
import { parseWeatherFile } from '../../../src/energy/loads/weather-file.ts';
import { parseVisitsFile } from '../../../src/energy/storage/visits-file.ts';
import { createCsvParser } from '../../../src/ingest/csv.ts';

const timeZone = 'Europe/Stockholm';

function seriesOf(text: string) {
  const reader = createSeriesReader();
  return linesOf(text)
    .map((line) => reader.row(line))
    .filter((row) => row !== undefined);
}

/** What each reader of tables makes of its own. */
const readers: Readonly<
  Record<string, { readonly table: string[][]; readonly read: (text: string) => unknown }>
> = {
  load: {
    table: hourly(['time', 'kw'], (hour) => [`${hour}.5`]),
    read: (text) => parseLoadFile(text, { timeZone }),
  },
  weather: {
    table: hourly(['datetime', 'air_temperature'], (hour) => [`-${hour}.25`]),
    read: (text) => parseWeatherFile(text, { timeZone }),
  },
  'visits of cars': {
    table: hourly(['arrives', 'departs', 'kwh'], (hour) => ['2026-01-16T07:30:00Z', `${hour + 1}.75`]),
    read: (text) => parseVisitsFile(text, { timeZone }),
  },
  levels: {
    table: hourly(['time', 'container', 'level_pct'], (hour) => ['Kärl "1"', `${hour}.5`]),
    read: (text) => parseLevels('levels.csv', text).rows,
  },
  series: { table: hourly(['timestamp', 'value'], (hour) => [`${hour}.125`]), read: seriesOf },
  readings: {
    table: hourly(['time', 'device', 'quantity', 'value'], (hour) => ['el-1', 'activePowerW', `${hour}.5`]),
    read: (text) => createCsvParser().parse(text),
  },
};

function hourly(names: string[], fields: (hour: number) => string[]): string[][] {
  const rows = Array.from({ length: 12 }, (_, hour) => [
    `2026-01-15T${String(hour).padStart(2, '0')}:00:00Z`,
    ...fields(hour),
  ]);
  return [names, ...rows];
}

/** How spreadsheets, loggers and people write a table. */
const form = fc.record({
  separator: fc.constantFrom(',', ';', '\t'),
  hasDecimalComma: fc.boolean(),
  isQuoted: fc.boolean(),
  around: fc.constantFrom('', ' '),
  isReversed: fc.boolean(),
  inCapitals: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  begin: fc.constantFrom('', '\uFEFF', '\n\n'),
  end: fc.constantFrom('', '\n', '\n\n \n'),
  trailing: fc.boolean(),
});
type Form = typeof form extends fc.Arbitrary<infer Value> ? Value : never;

function written(table: readonly string[][], form: Form): string {
  const { separator, around } = form;
  const lines = table.map((fields, line) => {
    const said = fields.map((field) => {
      const number = /^-?\d+\.\d+$/.test(field);
      const text = number && form.hasDecimalComma && separator !== ',' ? field.replace('.', ',') : field;
      const name = line === 0 && form.inCapitals ? text.toUpperCase() : text;
      const quoted = form.isQuoted || name.includes('"') ? `"${name.replaceAll('"', '""')}"` : name;
      return `${around}${quoted}${around}`;
    });
    const ordered = form.isReversed ? said.toReversed() : said;
    return [...ordered, ...(form.trailing ? [''] : [])].join(separator);
  });
  return `${form.begin}${lines.join('\n')}${form.end}`.replaceAll('\n', form.lineEnd);
}

describe.each(Object.entries(readers))('a table of %s', (_, { table, read }) => {
  it('says the same, however it is written', () => {
    const plain = read(
      table
        .map((fields) => fields.join(','))
        .join('\n')
        .replaceAll('Kärl "1"', '"Kärl ""1"""'),
    );
    fc.assert(
      fc.property(form, (written_) => {
        expect(read(written(table, written_))).toEqual(plain);
      }),
    );
  });
});

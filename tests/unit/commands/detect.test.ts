import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { detect } from '../../../src/commands/detect.ts';
import { KvarterError } from '../../../src/domain/errors.ts';
import { call, contextOf } from '../../support/command.ts';
import { openTempDir } from '../../support/temp-dir.ts';

const nowhere = { dir: '.', app: { httpPort: 0 } };
const run = (input: string | Uint8Array, values: Record<string, boolean> = {}) =>
  call(nowhere, detect, ['-'], values, input);
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const at = new Date(Date.UTC(2014, 3, 1) + i * 300_000).toISOString().slice(0, 19).replace('T', ' ');
    return `${at},${(Math.sin(i / 20) + (i === 600 ? 9 : 0)).toFixed(3)}\n`;
  });

describe('kvarter detect', () => {
  test('prints each row as it was written, with its score', async () => {
    const { code, printed, complained } = await run(
      'timestamp,value\n2014-04-01 00:00:00,1.50\n2014-04-01 00:05:00,+15e-1\n2014-04-01 00:10:00,01.5\n',
    );
    expect({ code, printed, complained }).toEqual({
      code: 0,
      printed:
        'timestamp,value,anomaly_score\n2014-04-01 00:00:00,1.50,0\n2014-04-01 00:05:00,+15e-1,0\n2014-04-01 00:10:00,01.5,0\n',
      complained: '',
    });
  });

  test('prints JSON lines', async () => {
    const { printed } = await run('timestamp,value\n2026-01-15T07:15:00+01:00,1.50\n', { json: true });
    expect(printed).toBe('{"timestamp":"2026-01-15T07:15:00+01:00","value":1.5,"anomaly_score":0}\n');
  });

  test('finds the columns by name, through quotes, blanks, a byte-order mark and Windows line ends', async () => {
    const { printed } = await run(
      '\uFEFF"Value", id ,"Timestamp"\r\n"1.5","a ""b"", c","2014-04-01 00:00:00"\r\n\r\n2,x,2014-04-01 00:05:00',
    );
    expect(printed).toBe(
      'timestamp,value,anomaly_score\n2014-04-01 00:00:00,1.5,0\n2014-04-01 00:05:00,2,0\n',
    );
  });

  test('takes what Excel saves as Unicode text', async () => {
    const { printed } = await run(
      Buffer.from('\uFEFFtimestamp\tvalue\r\n2014-04-01 00:00:00\t1,5\r\n', 'utf16le'),
    );
    expect(printed).toBe('timestamp,value,anomaly_score\n2014-04-01 00:00:00,1.5,0\n');
  });

  test('reads on only once what it printed is taken, so that it need not be kept', async () => {
    const events: string[] = [];
    const chunks = ['timestamp,value\n', ...rows(3)].map((text) => Buffer.from(text));
    await detect.run(
      {
        ...contextOf('.'),
        print: () => events.push('print'),
        taken: async () => {
          await turn();
          events.push('taken');
        },
        inputChunks: async function* () {
          for (const chunk of chunks) {
            events.push('read');
            yield chunk;
          }
        },
      },
      { files: ['-'], values: {} },
    );
    const round = ['read', 'print', 'taken'];
    expect(events).toEqual(['read', 'taken', ...round, ...round, ...round]);
  });

  test('takes semicolons and tabs for commas, with decimal commas, and prints points', async () => {
    for (const separator of [';', '\t']) {
      const lines = [
        ['timestamp', 'value', 'note'],
        ['2014-04-01 00:00:00', '1,50', ''],
        ['2014-04-01 00:05:00', '-2', 'a, b'],
      ];
      const { printed, complained } = await run(
        lines.map((fields) => `${fields.join(separator)}\n`).join(''),
      );
      expect(complained).toBe('');
      expect(printed).toBe(
        'timestamp,value,anomaly_score\n2014-04-01 00:00:00,1.50,0\n2014-04-01 00:05:00,-2,0\n',
      );
    }
  });

  test.each([
    ['NaN', '2014-04-01 01:00:00,NaN', 'value "NaN" is not a finite number'],
    ['infinity', '2014-04-01 01:00:00,-Infinity', 'value "-Infinity" is not a finite number'],
    ['a number too large', '2014-04-01 01:00:00,1e999', 'value "1e999" is not a finite number'],
    ['hexadecimal', '2014-04-01 01:00:00,0x10', 'value "0x10" is not a finite number'],
    ['text', '2014-04-01 01:00:00,much', 'value "much" is not a finite number'],
    ['nothing', '2014-04-01 01:00:00,', 'value "" is not a finite number'],
    ['a decimal comma', '2014-04-01 01:00:00,1,5', 'has 3 fields, but the header has 2'],
    ['no value', '2014-04-01 01:00:00', 'has 1 field, but the header has 2'],
    ['no time', 'yesterday,1', 'timestamp "yesterday" is none'],
    ['a day that is none', '2014-02-30 00:00:00,1', 'timestamp "2014-02-30 00:00:00" is none'],
    ['an hour that is none', '2014-04-01 24:10:00,1', 'timestamp "2014-04-01 24:10:00" is none'],
    ['a time twice', '2014-04-01 00:05:00,1', 'timestamp "2014-04-01 00:05:00" is that of the row before'],
    ['an earlier time', '2014-04-01 00:00:00,1', 'is before "2014-04-01 00:05:00", which came already'],
  ])('skips a row with %s, says which and why, and goes on', async (_, row, message) => {
    const { code, printed, complained } = await run(
      `timestamp,value\n2014-04-01 00:00:00,1\n2014-04-01 00:05:00,1\n${row}\n2014-04-01 02:00:00,1\n`,
    );
    expect(code).toBe(0);
    expect(printed.split('\n').slice(1)).toEqual([
      '2014-04-01 00:00:00,1,0',
      '2014-04-01 00:05:00,1,0',
      '2014-04-01 02:00:00,1,0',
      '',
    ]);
    expect(complained).toContain('standard input:4: ');
    expect(complained).toContain(message);
  });

  test.each([
    ['an empty file', '', 'is empty'],
    ['a header alone', 'timestamp,value\n', 'no row that can be scored'],
    ['another header', 'time,kwh\n2014-04-01 00:00:00,1\n', 'standard input:1: the header is'],
    ['no good row', 'timestamp,value\nx,y\n', 'no row that can be scored'],
  ])('refuses %s', async (_, input, message) => {
    await expect(run(input)).rejects.toThrow(KvarterError);
    await expect(run(input)).rejects.toThrow(message);
  });

  test('says which file it cannot read', async () => {
    await expect(call(nowhere, detect, ['/nowhere/x.csv'])).rejects.toThrow('/nowhere/x.csv: cannot be read');
  });

  test('a prefix of a file gives a prefix of its scores, wherever its chunks end', async () => {
    await using dir = await openTempDir();
    const file = join(dir.path, 'series.csv');
    const lines = rows(12_000);
    const scoresOf = async (count: number) => {
      await writeFile(file, `timestamp,value\n${lines.slice(0, count).join('')}`);
      return (await call(nowhere, detect, [file])).printed;
    };
    const whole = await scoresOf(lines.length);
    expect(whole.split('\n')).toHaveLength(lines.length + 2);
    for (const count of [1, 3, 601, 9361, 9362, 11_999]) {
      const part = await scoresOf(count);
      expect(whole.startsWith(part)).toBe(true);
      expect(part.split('\n')).toHaveLength(count + 2);
    }
    expect(whole).toBe((await run(`timestamp,value\n${lines.join('')}`)).printed);
  });
});

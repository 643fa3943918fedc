import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A file of the benchmark: its lines, and the labelled windows as first and last row. */
export type NabFile = {
  readonly name: string;
  /** The folder it lies in: series of one kind. */
  readonly folder: string;
  readonly text: string;
  readonly timestamps: readonly string[];
  readonly values: Float64Array;
  readonly windows: readonly (readonly [first: number, last: number])[];
};

const windowsSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** The files that `windows.json` names, in its order. */
export function readCorpus(folder: string): readonly NabFile[] {
  const labels = windowsSchema.parse(JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8')));
  return Object.entries(labels).map(([name, windows]) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const rows = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const timestamps = rows.map(([timestamp = '']) => timestamp);
    const rowAt = (label: string) => {
      const row = timestamps.indexOf(label.slice(0, 'yyyy-mm-dd hh:mm:ss'.length));
      if (row < 0) throw new Error(`${name}: no row at ${label}`);
      return row;
    };
    return {
      name,
      folder: name.split('/')[0] ?? '',
      text,
      timestamps,
      values: Float64Array.from(rows, ([, value]) => Number(value)),
      windows: windows.map(([from, to]) => [rowAt(from), rowAt(to)] as const),
    };
  });
}

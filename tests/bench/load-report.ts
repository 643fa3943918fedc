import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Carrier } from '../../src/domain/interval.ts';
import { guardReport } from './guard-report.ts';

const root = join(import.meta.dirname, '../..');
const counted = ['months', 'peaks', 'toldInTime', 'alerts', 'trueAlerts'] as const;
export type Counts = Readonly<Record<(typeof counted)[number], number>>;

/** What `kvarter guard-report --load` says of a load (rows `time,kw`) under a tariff of config/tariffs. */
export async function loadReport(
  file: string,
  rows: readonly string[],
  tariff: string,
  carrier: Carrier = 'electricity',
): Promise<Counts> {
  writeFileSync(file, `time,kw\n${rows.join('\n')}\n`);
  const tariffFile = join(root, 'config/tariffs', `${tariff}.json`);
  const args = ['--load', file, '--tariff', tariffFile, '--carrier', carrier];
  const { total } = await guardReport<{ total: Counts }>(args);
  return total;
}

export function countsSaid(counts: Counts): string {
  return counted.map((key) => `${key} ${counts[key]}`).join(', ');
}

export function totalSaid(all: readonly Counts[]): string {
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  const [told, peaks] = [sum('toldInTime'), sum('peaks')];
  const falsePerMonth = (sum('alerts') - sum('trueAlerts')) / sum('months');
  return `told in time ${told} of ${peaks} (${(told / peaks).toFixed(3)}), ${falsePerMonth.toFixed(2)} false alerts per building and month`;
}

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Problem, problemText } from '../config/problem.ts';
import { type FileTariff, tariffsOf } from '../config/tariffs.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';
import { textOf } from './text-file.ts';

/**
 * The tariff of a file; of one with several, `FILE#PRODUCT` (or its name, or id). Throws `config-invalid` with all that is
 * not understood, and `usage` when it is not clear which tariff is meant.
 */
export function readTariff(option: string): Tariff {
  const hash = existsSync(option) ? -1 : option.lastIndexOf('#');
  const [file, name] = hash < 0 ? [option, undefined] : [option.slice(0, hash), option.slice(hash + 1)];
  const tariffs = readTariffs(file);
  const found =
    name === undefined && tariffs.length === 1
      ? tariffs
      : tariffs.filter(({ names }) => name !== undefined && names.includes(name));
  const [first] = found;
  if (first && found.length === 1) {
    if (first.tariff) return first.tariff;
    throw notUnderstood(first.problems);
  }
  const known = tariffs.map(({ names }) => names[0] ?? '(without product, name or id)').join(', ');
  const why =
    name === undefined
      ? `holds ${tariffs.length} tariffs: say which one, as --tariff '${file}#PRODUCT'`
      : found.length > 1
        ? `holds ${found.length} tariffs called ${name}: say it by id`
        : `holds no tariff called ${name}`;
  throw new KvarterError('usage', `${file} ${why}. It has ${known}`);
}

/** All tariffs of a folder's `*.json` files with a name for each, and what keeps files from being read. */
export function readTariffFolder(folder: string): {
  readonly tariffs: readonly { readonly name: string; readonly tariff: Tariff }[];
  readonly unread: readonly { readonly name: string; readonly why: string }[];
} {
  const tariffs: { name: string; tariff: Tariff }[] = [];
  const unread: { name: string; why: string }[] = [];
  for (const entry of filesOf(folder)) {
    try {
      for (const { name, tariff, problems } of readTariffs(join(folder, entry))) {
        if (tariff) tariffs.push({ name, tariff });
        else unread.push({ name, why: problems.map(problemText).join('\n') });
      }
    } catch (error) {
      if (!(error instanceof KvarterError)) throw error;
      unread.push({ name: basename(entry, '.json'), why: error.message });
    }
  }
  return { tariffs, unread };
}

function readTariffs(file: string): readonly FileTariff[] {
  const { tariffs, problems } = tariffsOf(file, textOf(file));
  if (tariffs.length === 0) throw notUnderstood(problems);
  return tariffs;
}

function notUnderstood(problems: readonly Problem[]): KvarterError {
  return new KvarterError('config-invalid', problems.slice(0, 20).map(problemText).join('\n'));
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  } catch (cause) {
    throw new KvarterError('input-invalid', `${folder}: is no folder that can be read (${says(cause)})`);
  }
}

function says(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

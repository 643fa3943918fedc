import type { z } from 'zod';
import { plainMessage } from '../../domain/plain-message.ts';
import { isRecord } from '../../domain/record.ts';
import { type Moved, withEfficiencyPrices } from './efficiency-price.ts';
import { knownKeys, likelyKeys } from './known-keys.ts';
import { type TariffFile, tariffFileSchema } from './tariff.ts';

/** What in a tariff file is not understood, and where. */
export type TariffProblem = { readonly path: readonly PropertyKey[]; readonly message: string };

/** One tariff of a file. */
export type ParsedTariff = {
  /** Its place in the file. */
  readonly index: number;
  /** What it may be asked for by: product, name, id. */
  readonly names: readonly string[];
  /** A file with this tariff alone; undefined when it is not understood. */
  readonly file: TariffFile | undefined;
  readonly problems: readonly TariffProblem[];
};

export type ParsedTariffFile = {
  readonly tariffs: readonly ParsedTariff[];
  /** What is wrong with the file as a whole. */
  readonly problems: readonly TariffProblem[];
  /** Where a value stands in what was published. */
  readonly placeOf: (path: readonly PropertyKey[]) => readonly PropertyKey[];
};

/**
 * Reads a tariff file in each of its published forms: `tariffs[]` or one `tariff`, and a `fixedPrice` with components or
 * with its one price straight on it. Each tariff is read by itself: one that is not understood keeps no other from it.
 */
export function parseTariffFile(value: unknown): ParsedTariffFile {
  const moved: Moved[] = [];
  const placeOf = (path: readonly PropertyKey[]) => {
    let place = path;
    for (const [made, published] of moved) {
      const length = made.split('.').length;
      if (place.slice(0, length).join('.') === made) place = [...published, ...place.slice(length)];
    }
    return place;
  };
  const formed = oneForm(value, moved);
  const all = isRecord(formed) && Array.isArray(formed.tariffs) ? formed.tariffs : [];
  if (!isRecord(formed) || all.length === 0) {
    const { error } = tariffFileSchema.safeParse(formed);
    return { tariffs: [], problems: (error?.issues ?? []).flatMap(problemsOf), placeOf };
  }
  const tariffs = all.map((tariff: unknown, index) => {
    const parsed = tariffFileSchema.safeParse({ ...formed, tariffs: [tariff] });
    const names = isRecord(tariff)
      ? [tariff.product, tariff.name, tariff.id].filter((name) => typeof name === 'string' && name !== '')
      : [];
    const problems = (parsed.error?.issues ?? []).flatMap(problemsOf).map(({ path, message }) => ({
      path: placeOf(path[0] === 'tariffs' ? ['tariffs', index, ...path.slice(2)] : path),
      message,
    }));
    return { index, names: names.map(String), file: parsed.data, problems };
  });
  return { tariffs, problems: [], placeOf };
}

function problemsOf(issue: z.core.$ZodIssue): readonly TariffProblem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: plainMessage(issue) }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, issue.path) }));
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const known = knownKeys(tariffFileSchema, path);
  const likely = likelyKeys(key, known);
  if (likely.length > 0) return `unknown key: did you mean ${likely.join(' or ')}?`;
  if (path.includes('x-kvarter')) return `unknown key: known here are ${known.join(', ')}`;
  return 'unknown key: kvarter would not know what it costs; delete it, or say it with an x-kvarter field';
}

function oneForm(value: unknown, moved: Moved[]): unknown {
  if (!isRecord(value)) return value;
  const { tariff: only, ...rest } = value;
  const isOne = only !== undefined && rest.tariffs === undefined;
  const tariffs = isOne ? [only] : rest.tariffs;
  if (!Array.isArray(tariffs)) return value;
  const formed = tariffs.map((published: unknown, t) => {
    if (!isRecord(published)) return published;
    const tariff = withEfficiencyPrices(published, t, moved);
    if (!isRecord(tariff.fixedPrice) || 'components' in tariff.fixedPrice) return tariff;
    moved.push([`tariffs.${t}.fixedPrice.components.0`, ['tariffs', t, 'fixedPrice']]);
    const { costFunction, ...component } = tariff.fixedPrice;
    return { ...tariff, fixedPrice: { costFunction, components: [component] } };
  });
  if (isOne) moved.push(['tariffs.0', ['tariff']]);
  return { ...rest, tariffs: formed };
}

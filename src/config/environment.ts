import { z } from 'zod';
import type { Problem } from './problem.ts';

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'KVARTER_';
/** Variables that are read elsewhere: the place of the configuration file itself. */
const OTHERS = new Set(['KVARTER_CONFIG']);

/**
 * `KVARTER_HTTP__PORT=0` → `{ path: ['http', 'port'], value: '0' }`: a level is `__`, letters' case does not matter.
 * The names come from the schema, so a variable that fits no key is a problem and not silently ignored.
 */
export function fromEnvironment(
  schema: z.ZodType,
  environment: Environment,
): {
  values: { path: readonly string[]; value: string }[];
  problems: Problem[];
} {
  const values: { path: readonly string[]; value: string }[] = [];
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || OTHERS.has(name) || value === undefined) continue;
    const path = keyPath(schema, name.slice(PREFIX.length).split('__'));
    if (path) values.push({ path, value });
    else problems.push({ file: 'environment', path: name, message: 'no such setting: check its spelling' });
  }
  return { values, problems };
}

function keyPath(schema: z.ZodType, segments: readonly string[]): string[] | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [];
  const object = unwrap(schema);
  if (!(object instanceof z.ZodObject)) return undefined;
  const key = Object.keys(object.shape).find((name) => name.toUpperCase() === segment.toUpperCase());
  const inner: unknown = key === undefined ? undefined : object.shape[key];
  if (key === undefined || !(inner instanceof z.ZodType)) return undefined;
  const below = keyPath(inner, rest);
  return below && [key, ...below];
}

/** The object behind `.default()`, `.prefault()` and `.optional()`. */
function unwrap(schema: z.ZodType): z.ZodType {
  let inner: unknown = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap();
  }
  return inner instanceof z.ZodType ? inner : schema;
}

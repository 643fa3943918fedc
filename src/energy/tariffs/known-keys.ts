import { z } from 'zod';

/** The keys that a schema knows where a path leads to. */
export function knownKeys(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const at = plain(schema);
  const [key, ...rest] = path;
  if (key === undefined) return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
  if (at instanceof z.ZodArray) return knownKeys(at.element, rest);
  if (at instanceof z.ZodObject) return knownKeys(at.shape[String(key)], rest);
  return [];
}

/** Those that were likely meant by an unknown one: written otherwise, shortened, or in the singular. */
export function likelyKeys(key: string, known: readonly string[]): readonly string[] {
  const written = key.toLowerCase();
  return known.filter((one) => {
    const name = one.toLowerCase();
    return name.startsWith(written) || written.startsWith(name);
  });
}

/** Without what may be left out, be null, or have a default. */
function plain(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return plain(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? plain(schema.in) : schema;
}

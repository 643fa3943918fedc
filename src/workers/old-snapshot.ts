import { z } from 'zod';
import type { Json } from '../domain/alert.ts';
import { type Part, partOfRule } from '../rules/engine.ts';

const known = z.custom<Json>((value) => value !== undefined);
const list = z.array(known);
const snapshotSchema = z.object({
  rules: known.optional(),
  engine: z.object({
    clocks: list,
    tickedMs: z.number().default(0),
    /** Before November 2026 each rule kept its own: they are known again after two days, and all else goes on. */
    hours: list.default([]),
    rules: z.record(z.string(), list),
  }),
  gate: list.default([]),
  book: list,
});

/**
 * The parts of a snapshot as it was kept until November 2026, all of it in one text. Throws when the text is no such thing.
 */
export function* partsOfOld(text: string): Iterable<Part> {
  const { rules, engine, gate, book } = snapshotSchema.parse(JSON.parse(text));
  if (rules !== undefined) yield ['rules', rules];
  yield ['tickedMs', engine.tickedMs];
  for (const part of engine.clocks) yield ['clocks', part];
  for (const part of engine.hours) yield ['hours', part];
  for (const [name, parts] of Object.entries(engine.rules)) {
    for (const part of parts) yield [partOfRule(name), part];
  }
  for (const part of gate) yield ['gate', part];
  for (const part of book) yield ['book', part];
}

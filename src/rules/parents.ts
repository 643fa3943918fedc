import { z } from 'zod';

/**
 * Which alert explains which: while one of the rule `parent` fires, those of the rule `child` below it are held back; both by name,
 * or by type for all rules of it. `by` is
 * how they belong together. `building`: the parent is about a building as a whole, the child about a flat or device in it;
 * `space`: about a flat as a whole, the child about it or a device in it; `device`: both about one device; `gateway`: the parent is
 * about what carries what the child's device says. `same`: a fact that both must say the same of.
 */
export const parentSchema = z.strictObject({
  parent: z.string().min(1),
  child: z.string().min(1),
  by: z.enum(['building', 'space', 'device', 'gateway']),
  same: z.string().min(1).exactOptional(),
});
export type ParentRule = z.infer<typeof parentSchema>;

/** Where the rule file names none. */
export const defaultParents: readonly ParentRule[] = [
  { parent: 'stale', child: 'stale', by: 'gateway' },
  { parent: 'comfort', child: 'comfort', by: 'building', same: 'kind' },
  // A valve that sticks, told by the rule that says what it does to those who live there; and a cold flat whose thermometer
  // may be wrong.
  { parent: 'comfort', child: 'radiator-valve', by: 'space', same: 'kind' },
  { parent: 'comfort', child: 'sensor-drift', by: 'space', same: 'kind' },
  // What a silent device said last stands still, and is no nearer to its limits, for as long as it is silent.
  { parent: 'stale', child: 'flat-line', by: 'device' },
  { parent: 'stale', child: 'out-of-range', by: 'device' },
];

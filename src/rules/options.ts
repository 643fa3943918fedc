import { z } from 'zod';

/** Settings of the rules, embedded in the configuration under `rules`. */
export const ruleOptions = z.strictObject({
  /** How long silence may last before the wall clock moves a building's event time on, s. */
  tickGraceSeconds: z.coerce.number().min(0).max(86_400).default(60),
});

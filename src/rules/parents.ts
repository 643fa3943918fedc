import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../domain/interval.ts';
import { duration } from './parameters.ts';

/**
 * Which alert explains which: while one of the rule `parent` fires, those of the rule `child` below it are held back; both by name,
 * or by type for all rules of it. `by` is how they belong together. `building`: the parent is about a building as a whole, the child
 * about a flat or device in it; `main`: both are about a building as a whole or a main meter of it; `part`: the parent is about a
 * submeter of the building, the child about the whole or a main meter; `space`: about a flat as a whole, the child about it or a
 * device in it; `device`: both about one device; `gateway`: the parent is about what carries what the child's device says. `same`: a
 * fact that both must say the same of. `grace`: for so long after the parent is over the child stays held; default: what the
 * settings say (`alerts.parentGraceMinutes`).
 */
export const parentSchema = z
  .strictObject({
    parent: z.string().min(1),
    child: z.string().min(1),
    by: z.enum(['building', 'main', 'part', 'space', 'device', 'gateway']),
    same: z.string().min(1).exactOptional(),
    grace: duration(30 * DAY_MS).exactOptional(),
  })
  .transform(({ grace, ...rest }) => ({ ...rest, ...(grace === undefined ? {} : { graceMs: grace }) }));
export type ParentRule = z.infer<typeof parentSchema>;

/** Rules that judge days: by the mean of some, or by what has added up, so that one sees days before the other that it is over. */
const graceMs = 3 * DAY_MS;

/** Where the rule file names none. */
export const defaultParents: readonly ParentRule[] = [
  // What speaks once in one or two hours needs as long, and once more where a packet is lost.
  { parent: 'stale', child: 'stale', by: 'gateway', graceMs: 3 * HOUR_MS },
  { parent: 'comfort', child: 'comfort', by: 'building', same: 'kind' },
  // A valve that sticks, told by the rule that says what it does to those who live there; and a cold flat whose thermometer
  // may be wrong.
  { parent: 'comfort', child: 'radiator-valve', by: 'space', same: 'kind', graceMs },
  { parent: 'comfort', child: 'sensor-drift', by: 'space', same: 'kind', graceMs },
  // What a silent device said last stands still, and is no nearer to its limits, for as long as it is silent.
  { parent: 'stale', child: 'flat-line', by: 'device' },
  { parent: 'stale', child: 'out-of-range', by: 'device' },
  // A meter that counts wrongly: its numbers look like whatever else can happen to a load.
  { parent: 'register-back', child: 'out-of-scale', by: 'device' },
  { parent: 'out-of-scale', child: 'meter-ratio', by: 'main', graceMs },
  { parent: 'out-of-scale', child: 'night-base-load', by: 'main', graceMs },
  { parent: 'out-of-scale', child: 'evening-peak', by: 'main', graceMs },
  { parent: 'out-of-scale', child: 'ventilation-all-night', by: 'main', graceMs },
  { parent: 'out-of-scale', child: 'unexplained-electricity', by: 'main', graceMs },
  { parent: 'out-of-scale', child: 'heating-and-cooling', by: 'main', graceMs },
  { parent: 'out-of-scale', child: 'flat-line', by: 'device', graceMs },
  { parent: 'flat-line', child: 'doubted-weather', by: 'device' },
  { parent: 'stale', child: 'doubted-weather', by: 'device' },
  { parent: 'reversed-ct', child: 'meter-ratio', by: 'main', graceMs },
  { parent: 'meter-ratio', child: 'night-base-load', by: 'main', graceMs },
  { parent: 'meter-ratio', child: 'evening-peak', by: 'main', graceMs },
  { parent: 'meter-ratio', child: 'ventilation-all-night', by: 'main', graceMs },
  { parent: 'meter-ratio', child: 'unexplained-electricity', by: 'main', graceMs },
  // What one of its parts does, a main meter shows too.
  { parent: 'evening-peak', child: 'evening-peak', by: 'part', graceMs },
  { parent: 'night-base-load', child: 'night-base-load', by: 'part', graceMs },
  // A cause that has a name, and what it does to nights, to heat and to the whole.
  { parent: 'heating-and-cooling', child: 'night-base-load', by: 'main', graceMs },
  { parent: 'heating-and-cooling', child: 'ventilation-all-night', by: 'main', graceMs },
  { parent: 'heating-and-cooling', child: 'heating-curve', by: 'main', graceMs },
  { parent: 'heating-and-cooling', child: 'unexplained-electricity', by: 'main', graceMs },
  { parent: 'night-setback', child: 'heating-curve', by: 'main', graceMs },
  // Where a heat pump heats, such nights take more electricity.
  { parent: 'night-setback', child: 'night-base-load', by: 'main', graceMs },
  { parent: 'hot-water-cold', child: 'circulation-stopped', by: 'main', graceMs },
  { parent: 'night-base-load', child: 'unexplained-electricity', by: 'main', graceMs },
  { parent: 'evening-peak', child: 'unexplained-electricity', by: 'main', graceMs },
  { parent: 'ventilation-all-night', child: 'unexplained-electricity', by: 'main', graceMs },
];

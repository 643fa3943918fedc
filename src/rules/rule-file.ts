import { z } from 'zod';
import { type Json, severities } from '../domain/alert.ts';
import type { Season } from '../domain/schedule.ts';
import { ruleTypes } from './definitions.ts';
import { duration, withoutUnits } from './parameters.ts';
import { defaultParents, type ParentRule, parentSchema } from './parents.ts';
import type { RuleEntry } from './rule-type.ts';
import { scheduleSchema, scheduleWith, seasonSchema } from './schedule-schema.ts';
import { levels, oneOrMore, type Scope, scopeSchema } from './scope.ts';

/** What `config/rules.yaml` says. */
export type RuleSet = {
  /** The file as it was written: plain JSON, which gives the same again. */
  readonly source: Json;
  /** How far a silent building's event time stays behind the wall clock, ms. */
  readonly tickGraceMs: number;
  /** How often an alert begins before it is held open; absent: it never is. */
  readonly flapping?: { readonly times: number; readonly withinMs: number; readonly calmMs: number };
  /** Which alert explains which, by the names of rules. */
  readonly parents: readonly ParentRule[];
  readonly entries: readonly RuleEntry[];
};

export const ruleTypeNames = ruleTypes.map(({ type }) => type);
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be small letters, digits and "-", 64 at most')
  .refine((text) => text !== 'service', '"service" is the name of kvarter’s own alerts: choose another');

const entrySchema = z
  .strictObject({
    type: z.string().refine((type) => ruleTypeNames.includes(type), {
      error: ({ input }) => `there is no type ${String(input)}: known are ${ruleTypeNames.join(', ')}`,
      abort: true,
    }),
    name: name.exactOptional(),
    scope: scopeSchema.prefault({}),
    enabled: z.boolean().default(true),
    parameters: z
      .record(z.string(), z.json())
      .transform((given, context) =>
        withoutUnits(given, (key, message) =>
          context.addIssue({ code: 'custom', path: [key], message, input: given }),
        ),
      )
      .prefault({}),
    severity: z.enum(severities).exactOptional(),
    for: duration().exactOptional(),
    clear: duration().exactOptional(),
    schedule: scheduleSchema.exactOptional(),
    recipients: oneOrMore(z.string().min(1)).exactOptional(),
  })
  .superRefine(({ type, scope, parameters }, context) => {
    const known = ruleTypes.find((some) => some.type === type);
    if (!known) return;
    const allowed: readonly string[] = levels[known.level];
    for (const key of Object.keys(scope).filter((some) => !allowed.includes(some))) {
      const message = `${type} judges each ${known.level}: its scope may name ${allowed.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['scope', key], message, input: scope });
    }
    const { error } = known.parameters(scope).safeParse(parameters);
    for (const issue of error?.issues ?? []) {
      context.addIssue({ ...issue, path: ['parameters', ...issue.path] });
    }
  });

export const ruleFileSchema = z
  .strictObject({
    tickGrace: duration(86_400_000).prefault('60 s'),
    heatingSeason: seasonSchema.prefault({ from: '10-01', to: '04-30' }),
    flapping: z
      .strictObject({
        times: z.int().min(0).max(1000).default(4),
        within: duration(30 * 86_400_000).prefault('6 h'),
        calm: duration(30 * 86_400_000).prefault('2 h'),
      })
      .prefault({}),
    parents: z.array(parentSchema).max(1000).readonly().default(defaultParents),
    rules: z.array(entrySchema).max(10_000).default([]),
  })
  .superRefine(({ parents, rules }, context) => {
    const first = new Map<string, number>();
    const named = rules.map(({ type, name: given = type }) => ({ type, name: given }));
    parents.forEach((one, n) => {
      const twins = byName([one], named).map(({ parent, child }) => {
        const key = `${parent}|${child}`;
        const twin = first.get(key) ?? n;
        first.set(key, twin);
        return { parent, child, twin };
      });
      const other = twins.find(({ twin }) => parents[twin]?.graceMs !== one.graceMs);
      if (other === undefined) return;
      const message = `${other.parent} and ${other.child} stand in parents.${other.twin} with another grace, and only one can hold: give both the same`;
      context.addIssue({ code: 'custom', path: ['parents', n, 'grace'], message, input: one });
    });
  })
  .superRefine(({ rules }, context) => {
    const first = new Map<string, number>();
    const types = new Map<string, string>();
    rules.forEach((entry, n) => {
      const { type, name: given = type, scope } = entry;
      const other = types.get(given) ?? type;
      types.set(given, other);
      if (other !== type) {
        const message = `${given} is the name of a rule of the type ${other}: choose another`;
        context.addIssue({ code: 'custom', path: ['rules', n, 'name'], message, input: entry });
      }
      const key = `${given}|${inOrder(scope)}`;
      const twin = first.get(key);
      if (twin === undefined) first.set(key, n);
      else {
        const message = `has the same scope as rules.${twin}, so it would never hold: change its scope, or give it a name of its own`;
        context.addIssue({ code: 'custom', path: ['rules', n], message, input: entry });
      }
    });
  });

/** What a file that the schema has seen means. `source`: what was given to the schema. */
export function ruleSetOf(file: z.infer<typeof ruleFileSchema>, source: Json): RuleSet {
  const entries = file.rules.map((entry) => entryOf(entry, file.heatingSeason));
  return {
    source,
    tickGraceMs: file.tickGrace,
    ...(file.flapping.times > 0 && {
      flapping: {
        times: file.flapping.times,
        withinMs: file.flapping.within,
        calmMs: file.flapping.calm,
      },
    }),
    parents: byName(file.parents, entries),
    entries,
  };
}

/** A type stands for all rules of it, whatever they are called. */
function byName(
  parents: readonly ParentRule[],
  entries: readonly Pick<RuleEntry, 'name' | 'type'>[],
): readonly ParentRule[] {
  const named = (word: string) => [
    ...new Set([word, ...entries.flatMap(({ name: one, type }) => (type === word ? [one] : []))]),
  ];
  return parents.flatMap((one) =>
    named(one.parent).flatMap((parent) => named(one.child).map((child) => ({ ...one, parent, child }))),
  );
}

/** Parents and children as the file has them, none where it has none and kvarter's own hold. */
export function parentsAsSaid({ source }: Pick<RuleSet, 'source'>): readonly ParentRule[] {
  return z.object({ parents: z.array(parentSchema).default([]) }).parse(source).parents;
}

/** The same for the same scope, in whatever order it is written. */
function inOrder(scope: Scope): string {
  const named = Object.entries(scope).map(([key, values]) => [key, values.toSorted()] as const);
  return JSON.stringify(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What alerts may go by: the names of the rules, and that of kvarter’s own. */
export function ruleNames({ entries }: RuleSet): readonly string[] {
  return ['service', ...new Set(entries.map(({ name: one }) => one))];
}

/** The rules of a snapshot. Throws when this version does not know them any more. */
export function ruleSetFrom(source: Json): RuleSet {
  return ruleSetOf(ruleFileSchema.parse(source), source);
}

function entryOf(
  {
    type,
    name: given = type,
    scope,
    enabled,
    parameters,
    severity,
    schedule,
    recipients,
    ...rest
  }: FileEntry,
  heatingSeason: Season,
): RuleEntry {
  return {
    type,
    name: given,
    scope,
    enabled,
    parameters,
    ...(severity === undefined ? {} : { severity }),
    ...(rest.for === undefined ? {} : { forMs: rest.for }),
    ...(rest.clear === undefined ? {} : { clearMs: rest.clear }),
    ...(schedule === undefined ? {} : { schedule: scheduleWith(schedule, heatingSeason) }),
    ...(recipients === undefined ? {} : { recipients }),
  };
}

type FileEntry = z.infer<typeof entrySchema>;

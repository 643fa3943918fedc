import { z } from 'zod';
import { alertStates, closers } from '../domain/alert.ts';
import { quantities } from '../domain/quantity.ts';
import type { Language } from './settings.ts';
import { parseTemplate, type Template } from './template.ts';

/** Messages that have a text of their own: of what is graver than it was told it is that of what is new. */
export const templateKinds = ['new', 'escalated', 'resolved', 'group', 'summary'] as const;
export type TemplateKind = (typeof templateKinds)[number];

/** Everything that is said to people, in one language. */
export type Wording = {
  readonly language: Language;
  readonly messages: Readonly<Record<TemplateKind, MessageTemplate>>;
  readonly words: Words;
};
export type MessageTemplate = { readonly subject: Template; readonly body: Template };

/** Names that the templates of messages may use: of the message … */
const messageNames = [
  'organisation',
  'recipient',
  'count',
  'goOn',
  'over',
  'more',
  'places',
  'all',
  'alerts',
];
/** … and of each alert in it; beside the list, of its first. */
const alertNames = [
  'id',
  'rule',
  'title',
  'detail',
  'severity',
  'building',
  'where',
  'space',
  'device',
  'startsAt',
  'since',
  'endsAt',
  'minutes',
  'lasted',
  'link',
  'measured',
  'expected',
  'sure',
  'flapping',
  'closed',
  'raised',
  'isNew',
  'isEscalated',
  'isOver',
  'facts',
];
export const listNames = { alerts: alertNames, facts: ['name', 'value'] };

export const namesInMessages = [...messageNames, ...alertNames];

const template = z.string().transform((text, context): Template => {
  const parsed = parseTemplate(text);
  if (parsed.ok) return parsed.template;
  for (const { message } of parsed.problems) context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** How an alert of a type of rule is said, where its facts fit. */
const saidSchema = z.strictObject({
  state: z.enum(alertStates).exactOptional(),
  /** Facts that must have these values. */
  when: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  title: template,
  detail: template,
});
export type Said = z.infer<typeof saidSchema>;

const quantity = z.enum(Object.keys(quantities));

/** `words.yaml` of a language, where these are the types of rules. A type or a quantity that there is not is an error. */
export function wordsSchemaOf(types: readonly string[]) {
  return z.strictObject({
    severities: z.strictObject({ info: z.string(), warning: z.string(), critical: z.string() }),
    /** In place of a building, when kvarter itself is in trouble. */
    service: z.string(),
    /** Quantities by their name in readings. */
    quantities: z.partialRecord(quantity, z.string()).default({}),
    /** Facts by their name without its unit, where it is not English enough: `projected`, of `projectedKw`. */
    facts: z.record(z.string(), z.string()).default({}),
    /** Why an alert can be believed, each with `{{pct}}`, `{{times}}`, `{{minutes}}` or `{{days}}`; absent: in English. */
    sure: z
      .strictObject({
        chance: template,
        spreads: template,
        times: template,
        longer: template,
        seen: template,
        held: template,
        measured: template,
        said: template,
      })
      .partial()
      .default({}),
    /** That it begins and ends all the time: `{{times}}`, `{{since}}`. */
    flapping: template.exactOptional(),
    /** That it is graver than what was told of it: `{{from}}`. */
    raised: template.exactOptional(),
    /** Why an alert is over whose condition did not end. */
    closed: z.record(z.enum(closers), z.string()).exactOptional(),
    /**
     * By type of rule, and `service` for kvarter's own; the first that fits holds. What none fits is said as the rule itself
     * says it, in English.
     */
    alerts: z.partialRecord(z.enum([...types, 'service']), z.array(saidSchema)).default({}),
  });
}
export type Words = z.infer<ReturnType<typeof wordsSchemaOf>>;

import { z } from 'zod';
import { isQuantity, quantities } from '../domain/quantity.ts';
import { isTopicFilter } from '../domain/topic-filter.ts';
import { readPointer } from './json-pointer.ts';
import { timeFormat, timeFormats } from './time-format.ts';
import { conversion } from './units.ts';

const MOST_VALUES = 500;

const pointer = z.string().refine((text) => readPointer(text) !== undefined, {
  error: 'not a JSON pointer: "/a/b" (in an element of "each"), "#/a" from the top, "" for all of it',
});
const plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** All that are said must hold. */
const condition = z
  .strictObject({
    pointer,
    equals: plain.optional(),
    oneOf: z.array(plain).min(1).max(100).optional(),
    exists: z.boolean().optional(),
    above: z.number().optional(),
    below: z.number().optional(),
  })
  .refine((said) => Object.keys(said).length > 1, {
    error: 'a condition says what must hold: equals, oneOf, exists, above or below',
  });
const conditions = z.union([condition.transform((one) => [one]), z.array(condition).max(20)]).default([]);

const quantity = z.string().transform((name, context) => {
  if (isQuantity(name)) return name;
  const near = Object.keys(quantities).filter((known) =>
    known.toLowerCase().startsWith(name.slice(0, 3).toLowerCase()),
  );
  const hint = near.length > 0 ? ` (near: ${near.slice(0, 6).join(', ')})` : '';
  context.addIssue({
    code: 'custom',
    message: `not one of kvarter's quantities${hint}: see Quantities in README.md`,
  });
  return z.NEVER;
});

const value = z
  .strictObject({
    pointer,
    quantity,
    /** The unit that `value × scale + offset` is in; the quantity's own unless said. */
    unit: z.string().min(1).optional(),
    scale: z
      .number()
      .refine((scale) => scale !== 0, { error: 'a scale of 0 makes every value 0' })
      .default(1),
    offset: z.number().default(0),
    channel: z.string().min(1).max(100).optional(),
    channelPointer: pointer.optional(),
    /** What texts (and true, false) stand for. */
    words: z.record(z.string(), z.number()).optional(),
    /** Values that mean that there is none, such as -999. */
    missing: z.array(plain).max(20).default([]),
    when: conditions,
  })
  .superRefine(({ unit, quantity: name, channel, channelPointer }, context) => {
    if (unit !== undefined && isQuantity(name) && !conversion(unit, name)) {
      context.addIssue({ code: 'custom', path: ['unit'], message: `${unit} is not a unit of ${name}` });
    }
    if (channel !== undefined && channelPointer !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['channelPointer'],
        message: 'either channel or channelPointer',
      });
    }
  });

const time = z
  .strictObject({
    pointer,
    format: z.string().default('iso'),
    /** Of a pattern without offset; else it is the organisation's. */
    zone: z
      .string()
      .refine(isTimeZone, { error: 'not an IANA time zone such as Europe/Stockholm' })
      .optional(),
  })
  .superRefine(({ format }, context) => {
    if (timeFormat(format)) return;
    const message = `not one of ${timeFormats.join(', ')}, nor a pattern with YYYY, MM and DD such as "YYYY-MM-DD HH:mm:ss"`;
    context.addIssue({ code: 'custom', path: ['format'], message });
  });

const topic = z.string().refine((text) => isTopicFilter(topicFilter(text)), {
  error:
    'not a topic filter: levels between slashes, "{device}" or "{channel}" for a whole level, + for any, # at the end',
});

/** A decoder written in YAML: one file, one format. */
export const mappingSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name is small letters, digits and "-"'),
    title: z.string().min(1).max(200).optional(),
    topics: z.array(topic).min(1).max(50),
    /** Where the payload names the device; else it is the level {device} of the topic. */
    device: pointer.optional(),
    when: conditions,
    /** The list whose elements the other pointers start from. */
    each: pointer.optional(),
    time: time.optional(),
    values: z.array(value).min(1).max(MOST_VALUES),
  })
  .superRefine(({ topics, device }, context) => {
    const index = topics.findIndex((text) => !text.split('/').includes('{device}'));
    if (device === undefined && index >= 0) {
      const message =
        'no level is {device}: write it, or say with "device" where the payload names the device';
      context.addIssue({ code: 'custom', path: ['topics', index], message });
    }
  });

export type MappingSpec = z.infer<typeof mappingSchema>;
export type MappingValue = MappingSpec['values'][number];
export type MappingCondition = MappingValue['when'][number];

/** The MQTT topic filter of a topic with placeholders. */
export function topicFilter(text: string): string {
  return text
    .split('/')
    .map((level) => (level === '{device}' || level === '{channel}' ? '+' : level))
    .join('/');
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

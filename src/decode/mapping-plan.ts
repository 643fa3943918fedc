import { type Zone, zoneOf } from '../domain/zone.ts';
import { type Pointer, readPointer } from './json-pointer.ts';
import { type MappingCondition, type MappingSpec, type MappingValue, topicFilter } from './mapping-schema.ts';
import { type TimeFormat, timeFormat } from './time-format.ts';
import { type Conversion, conversion } from './units.ts';

/** A mapping with everything worked out that can be before the first packet. */
export type Plan = {
  readonly spec: MappingSpec;
  readonly places: readonly {
    readonly filter: readonly string[];
    readonly device: number;
    readonly channel: number;
  }[];
  readonly device: Pointer | undefined;
  readonly each: Pointer | undefined;
  readonly when: readonly Check[];
  readonly time:
    | { readonly pointer: Pointer; readonly format: TimeFormat; readonly zone: Zone | undefined }
    | undefined;
  readonly values: readonly ValuePlan[];
};

export type Check = { readonly pointer: Pointer; readonly says: MappingCondition };
export type ValuePlan = {
  readonly said: MappingValue;
  readonly pointer: Pointer;
  readonly channelPointer: Pointer | undefined;
  readonly conversion: Conversion | undefined;
  readonly missing: ReadonlySet<unknown>;
  readonly when: readonly Check[];
};

/** The schema has refused what is no pointer. */
const NOWHERE: Pointer = { isFromTop: false, steps: [] };

export function planOf(spec: MappingSpec): Plan {
  const pointer = (text: string) => readPointer(text) ?? NOWHERE;
  const optional = (text: string | undefined) => (text === undefined ? undefined : pointer(text));
  const checks = (list: readonly MappingCondition[]) =>
    list.map((says) => ({ pointer: pointer(says.pointer), says }));
  const format = spec.time && timeFormat(spec.time.format);
  return {
    spec,
    places: spec.topics.map((topic) => {
      const levels = topic.split('/');
      return {
        filter: topicFilter(topic).split('/'),
        device: levels.indexOf('{device}'),
        channel: levels.indexOf('{channel}'),
      };
    }),
    device: optional(spec.device),
    each: optional(spec.each),
    when: checks(spec.when),
    time:
      spec.time && format
        ? {
            pointer: pointer(spec.time.pointer),
            format,
            zone: spec.time.zone === undefined ? undefined : zoneOf(spec.time.zone),
          }
        : undefined,
    values: spec.values.map((said) => ({
      said,
      pointer: pointer(said.pointer),
      channelPointer: optional(said.channelPointer),
      conversion: said.unit === undefined ? undefined : conversion(said.unit, said.quantity),
      missing: new Set(said.missing),
      when: checks(said.when),
    })),
  };
}

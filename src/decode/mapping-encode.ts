import { zoneOf } from '../domain/zone.ts';
import type { Encoded, Uplink, Value } from './decode.ts';
import { type Pointer, withValueAt } from './json-pointer.ts';
import type { Check, Plan, ValuePlan } from './mapping-plan.ts';
import { isRecord } from './payload.ts';

/** A payload that the mapping reads: its pointers written to, and the conditions that ask for one value fulfilled. */
export function encodeMapping(plan: Plan, { device, atMs, values }: Uplink): readonly Encoded[] {
  const { spec, each } = plan;
  const [place] = plan.places;
  const [topic = ''] = spec.topics;
  const channel = values.find((value) => value.channel !== undefined)?.channel ?? '1';
  let element: unknown;
  let top: unknown;
  const write = (pointer: Pointer, value: unknown) => {
    if (pointer.isFromTop) top = withValueAt(top, pointer.steps, value);
    else element = withValueAt(element, pointer.steps, value);
  };
  const satisfy = (checks: readonly Check[]) => {
    for (const { pointer, says } of checks) {
      const wanted = says.equals ?? says.oneOf?.[0];
      if (wanted !== undefined) write(pointer, wanted);
    }
  };
  const written = values.flatMap((value) => plan.values.find((one) => carries(one, value)) ?? []);
  if (written.length === 0) return [];
  for (const value of values) {
    const found = plan.values.find((one) => carries(one, value));
    if (!found) continue;
    write(found.pointer, unmeant(value.value, found));
    satisfy(found.when);
    if (found.channelPointer && value.channel !== undefined) write(found.channelPointer, value.channel);
  }
  if (plan.time && atMs !== undefined)
    write(plan.time.pointer, plan.time.format.write(atMs, plan.time.zone ?? zoneOf('Europe/Stockholm')));
  if (plan.device) write(plan.device, device);
  const whole = each ? withValueAt(top, each.steps, [element]) : merged(element, top);
  let payload = whole;
  for (const { pointer, says } of plan.when) {
    const wanted = says.equals ?? says.oneOf?.[0];
    if (wanted !== undefined) payload = withValueAt(payload, pointer.steps, wanted);
  }
  const levels = topic.split('/').map((level, i) => {
    if (i === place?.device) return device;
    if (i === place?.channel) return channel;
    return level === '+' || level === '#' ? 'any' : level;
  });
  return [{ topic: levels.join('/'), payload: Buffer.from(JSON.stringify(payload)) }];
}

function carries({ said, channelPointer }: ValuePlan, { quantity, channel }: Value): boolean {
  return said.quantity === quantity && (channelPointer !== undefined || said.channel === channel);
}

/** The value as the payload writes it. */
function unmeant(value: number, { said, conversion: unit }: ValuePlan): number {
  const inUnit = unit ? value / unit.factor - unit.offset : value;
  return Number(((inUnit - said.offset) / said.scale).toPrecision(12));
}

function merged(element: unknown, top: unknown): unknown {
  return isRecord(element) && isRecord(top) ? { ...top, ...element } : (element ?? top);
}

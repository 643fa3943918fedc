import { z } from 'zod';
import { parseIsoTime } from '../../domain/time.ts';
import type { Span } from '../tariffs/power-price.ts';
import type { Wish } from './load-commands.ts';

const factsSchema = z.object({
  windowFrom: z.string(),
  windowTo: z.string(),
  shed: z.array(z.object({ load: z.string(), minutes: z.number() })).min(1),
});

/** The shed plan in the facts of an alert, and the window that it is for; undefined when it has none. */
export function shedOfFacts(facts: unknown): (Span & { readonly wishes: readonly Wish[] }) | undefined {
  const parsed = factsSchema.safeParse(facts);
  if (!parsed.success) return undefined;
  const [fromMs, toMs] = [parseIsoTime(parsed.data.windowFrom), parseIsoTime(parsed.data.windowTo)];
  if (fromMs === undefined || toMs === undefined) return undefined;
  return { fromMs, toMs, wishes: parsed.data.shed };
}

/** Loads of an area go by `building/load`: each building's, under their own names. */
export function wishesByBuilding(
  building: string,
  wishes: readonly Wish[],
): readonly { readonly building: string; readonly wishes: readonly Wish[] }[] {
  const placed = wishes.map(({ load, minutes }) => {
    const slash = load.indexOf('/');
    return { building: slash < 0 ? building : load.slice(0, slash), load: load.slice(slash + 1), minutes };
  });
  return [...Map.groupBy(placed, (one) => one.building)].map(([id, some]) => ({
    building: id,
    wishes: some.map(({ load, minutes }) => ({ load, minutes })),
  }));
}

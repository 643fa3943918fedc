import { z } from 'zod';
import { parseIsoTime } from '../../domain/time.ts';
import type { Span } from '../tariffs/power-price.ts';

/** A window that an alert of the guard told of. */
export type ToldWindow = Span & {
  readonly component: string;
  /** When it was told first. */
  readonly toldAtMs: number;
  /** That it ends among the billed ones, as it was told last, 0..1. */
  readonly chance: number;
};

export type ToldAlert = {
  readonly windows: readonly ToldWindow[];
  /** It was worth too little to be more. */
  readonly isInformation: boolean;
};

const time = z.string().transform((text, context) => {
  const atMs = parseIsoTime(text);
  if (atMs !== undefined) return atMs;
  context.addIssue({ code: 'custom', message: 'must be ISO 8601 with offset', input: text });
  return z.NEVER;
});
const factsSchema = z.object({
  component: z.string(),
  windows: z.array(z.object({ from: time, to: time, toldAt: time, chance: z.number() })),
});

/** The windows in the facts of an alert; none when it is no alert of the guard. */
export function toldWindows(facts: unknown): readonly ToldWindow[] {
  const parsed = factsSchema.safeParse(facts);
  if (!parsed.success) return [];
  const { component, windows } = parsed.data;
  return windows.map(({ from, to, toldAt, chance }) => ({
    component,
    fromMs: from,
    toMs: to,
    toldAtMs: toldAt,
    chance,
  }));
}

/** What an alert of the guard told; undefined when it is none. */
export function toldAlert(severity: string, facts: unknown): ToldAlert | undefined {
  const windows = toldWindows(facts);
  return windows.length === 0 ? undefined : { windows, isInformation: severity === 'info' };
}

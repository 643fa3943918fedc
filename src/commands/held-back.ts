import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import { issueText } from '../domain/plain-message.ts';
import { parseIsoTime } from '../domain/time.ts';
import type { HeldBack } from '../energy/bills/power-bill.ts';
import { jsonOf, textOf } from './text-file.ts';

/** Loads that were held back by commands, by building. */
export type HeldByBuilding = ReadonlyMap<string, readonly HeldBack[]>;

const commandSchema = z.looseObject({
  building: z.string(),
  powerKw: z.number(),
  at: z.string(),
  until: z.string(),
  accepted: z.boolean().optional(),
  state: z.string().optional(),
});
export type CommandJson = z.infer<typeof commandSchema>;
export const commandsSchema = z.array(commandSchema);

/** The commands that were accepted, each load once at a time. */
export function heldBack(commands: readonly CommandJson[]): HeldByBuilding {
  const held = new Map<string, HeldBack[]>();
  for (const { building, powerKw, at, until, accepted, state } of commands) {
    const [fromMs, toMs] = [parseIsoTime(at), parseIsoTime(until)];
    if (!(accepted || state === 'accepted') || fromMs === undefined || toMs === undefined) continue;
    held.set(building, [...(held.get(building) ?? []), { fromMs, toMs, kw: powerKw }]);
  }
  return held;
}

/** `commands.ndjson` of a simulation, or lines of `GET /api/v1/commands`. Throws `input-invalid` with the line. */
export function readCommands(file: string): HeldByBuilding {
  const lines = textOf(file)
    .split('\n')
    .map((text, i) => ({ text, line: i + 1 }));
  return heldBack(
    lines
      .filter(({ text }) => text.trim() !== '')
      .map(({ text, line }) => {
        const parsed = commandSchema.safeParse(jsonOf(text));
        if (parsed.success) return parsed.data;
        throw new KvarterError(
          'input-invalid',
          `${file}:${line}: ${parsed.error.issues.slice(0, 1).map(issueText).join()}; must be a command as kvarter simulate --guard writes it`,
        );
      }),
  );
}

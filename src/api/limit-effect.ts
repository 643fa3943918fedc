import { z } from 'zod';
import { timeText } from '../alerts/alert-json.ts';
import { QUARTER_MS } from '../domain/interval.ts';
import type { Limit } from '../domain/limit.ts';
import type { LoadCommand } from '../domain/load-command.ts';
import { isoTime } from '../domain/time.ts';
import { knownKw, type LoadStep } from '../energy/loads/load.ts';
import type { Span } from '../energy/tariffs/power-price.ts';

/** What came of a limit, as the API says it. */
export const effectFields = {
  quarters: z.array(
    z.object({
      from: timeText,
      kW: z
        .number()
        .nullable()
        .describe('what the area drew, by the meters that are known; null while none is'),
      coverage: z.number().describe('known part of its meters’ time, 0..1'),
      heldKw: z.number().describe('what loads that obeyed would have drawn at most'),
      kept: z
        .boolean()
        .nullable()
        .describe(
          'null while less than nine tenths are known and those are below it, and of a quarter-hour in which the limit began or ended',
        ),
    }),
  ),
  keptShare: z.number().nullable().describe('of the quarter-hours of which `kept` is known'),
  highestKw: z.number().nullable(),
  buildings: z
    .array(z.object({ building: z.string(), commands: z.int(), accepted: z.int(), powerKw: z.number() }))
    .describe('what each gave: the power of its loads that obeyed'),
};

/** The clock quarter-hours that are over and in which the limit held, some of them perhaps for a part. */
export function effectSpan(limit: Limit, nowMs: number): Span {
  return {
    fromMs: Math.floor(limit.fromMs / QUARTER_MS) * QUARTER_MS,
    toMs: Math.min(
      Math.ceil(endOf(limit) / QUARTER_MS) * QUARTER_MS,
      Math.floor(nowMs / QUARTER_MS) * QUARTER_MS,
    ),
  };
}

export function effectOf(limit: Limit, steps: readonly LoadStep[], commands: readonly LoadCommand[]) {
  const quarters = steps.map((step) => ({
    from: isoTime(step.fromMs),
    kW: step.powerKw === null ? null : rounded(step.powerKw),
    coverage: step.coverage,
    heldKw: rounded(heldKw(commands, step.fromMs)),
    kept: isKept(limit, step),
  }));
  const judged = quarters.flatMap(({ kept }) => (kept === null ? [] : [kept]));
  const known = quarters.flatMap(({ kW }) => (kW === null ? [] : [kW]));
  return {
    quarters,
    keptShare: judged.length === 0 ? null : judged.filter((kept) => kept).length / judged.length,
    highestKw: known.length === 0 ? null : Math.max(...known),
    buildings: buildingsOf(commands),
  };
}

function endOf({ toMs, withdrawnAtMs = toMs }: Limit): number {
  return Math.min(toMs, withdrawnAtMs);
}

function isKept(limit: Limit, step: LoadStep): boolean | null {
  if (step.powerKw === null || step.fromMs < limit.fromMs || step.toMs > endOf(limit)) return null;
  if (step.powerKw > limit.kw) return false;
  return Number.isNaN(knownKw(step)) ? null : true;
}

/** Mean over a quarter-hour of what was held back, kW. */
function heldKw(commands: readonly LoadCommand[], quarterMs: number): number {
  const accepted = commands.filter(({ state }) => state === 'accepted');
  const byLoad = Map.groupBy(accepted, ({ building, load }) => `${building}/${load}`);
  return [...byLoad.values()].reduce((sum, told) => {
    let [heldMs, untilMs] = [0, quarterMs];
    for (const command of told.toSorted((a, b) => a.atMs - b.atMs)) {
      const toMs = Math.min(command.untilMs, quarterMs + QUARTER_MS);
      heldMs += Math.max(toMs - Math.max(command.atMs, untilMs), 0);
      untilMs = Math.max(untilMs, toMs);
    }
    return sum + ((told[0]?.powerKw ?? 0) * heldMs) / QUARTER_MS;
  }, 0);
}

function buildingsOf(commands: readonly LoadCommand[]) {
  const byBuilding = [...Map.groupBy(commands, ({ building }) => building)];
  return byBuilding
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([building, some]) => {
      const accepted = some.filter(({ state }) => state === 'accepted');
      const loads = new Map(accepted.map(({ load, powerKw }) => [load, powerKw]));
      const powerKw = [...loads.values()].reduce((sum, one) => sum + one, 0);
      return { building, commands: some.length, accepted: accepted.length, powerKw };
    });
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000 + 0;
}

import { MINUTE_MS } from '../../domain/interval.ts';
import type { FlexibleLoad } from '../../domain/register.ts';
import type { Span } from '../tariffs/power-price.ts';
import { mostPerDay, needsCommand, type OffTime, offTime, restedMs } from './load-rest.ts';

/** A load that somebody wants off: a shed plan's, or a limit's. */
export type Wish = { readonly load: string; readonly minutes: number };

/** What a load of the building was told before, as far as it was not refused. */
export type PastCommand = { readonly load: string; readonly atMs: number; readonly untilMs: number };

export type CommandLimits = {
  /** From the end of one command to the next one for the same load, ms, however short its rest. */
  readonly minBetweenMs: number;
  /** To all loads of the building in a day. */
  readonly mostPerBuildingDay: number;
  /** Loads that are let go at the same moment come back one after the other, so far apart, ms. */
  readonly staggerMs: number;
};

export type CommandAsk = {
  readonly wishes: readonly Wish[];
  /** The building's, as the register has them. */
  readonly loads: readonly FlexibleLoad[];
  readonly past: readonly PastCommand[];
  readonly atMs: number;
  /** Start of the local day. */
  readonly dayFromMs: number;
  readonly limits: CommandLimits;
  /** Also loads that the register does not let kvarter switch: in a simulation people do it. */
  readonly alsoManual?: boolean;
};

export type PlannedCommand = { readonly load: string; readonly powerKw: number; readonly untilMs: number };
export type WithheldCommand = { readonly load: string; readonly reason: string };

/**
 * Which of the wishes become commands now. Each has a hard end: no load stays off because nobody says so. A load that is off
 * already for as long as is wished is not told again; one that was off lately and rests, or was as often as it may be a day, is
 * let be.
 */
export function planCommands(ask: CommandAsk): {
  readonly commands: readonly PlannedCommand[];
  readonly withheld: readonly WithheldCommand[];
} {
  const commands: PlannedCommand[] = [];
  const withheld: WithheldCommand[] = [];
  for (const wish of ask.wishes) {
    const load = ask.loads.find(({ id }) => id === wish.load);
    if (!load || !(load.automatic || ask.alsoManual)) continue;
    const planned = planOne(load, wish, ask, commands.length);
    if (planned === undefined) continue;
    if (typeof planned === 'string') withheld.push({ load: load.id, reason: planned });
    else commands.push(planned);
  }
  return { commands, withheld };
}

/** The command, or why there is none; undefined when the load is off as wished already. */
function planOne(
  load: FlexibleLoad,
  { minutes }: Wish,
  { past, atMs, dayFromMs, limits }: CommandAsk,
  before: number,
): PlannedCommand | string | undefined {
  const own = commandsOf(load, past);
  const untilMs = atMs + minutes * MINUTE_MS;
  const last = own.at(-1);
  const isHeld = last !== undefined && last.untilMs > atMs;
  if (isHeld && !needsCommand(last, untilMs)) return undefined;
  const latestMs = (isHeld ? heldSinceMs(own, last) : atMs) + load.maxOffMinutes * MINUTE_MS;
  if (isHeld && latestMs <= last.untilMs) return `may be off for ${load.maxOffMinutes} minutes`;
  if (!isHeld && last && atMs < freeFromMs(load, own, last, limits)) {
    return `was off until ${Math.round((atMs - last.untilMs) / MINUTE_MS)} minutes ago`;
  }
  const isToday = (command: PastCommand) => command.atMs >= dayFromMs;
  const most = mostPerDay(load);
  if (own.filter(isToday).length >= most) return `was told ${most} times today, as often as it may be`;
  if (past.filter(isToday).length + before >= limits.mostPerBuildingDay) {
    return `the loads of the building were told ${limits.mostPerBuildingDay} times today, as often as they may be`;
  }
  const endMs = Math.min(untilMs + before * limits.staggerMs, latestMs);
  return { load: load.id, powerKw: load.powerKw, untilMs: endMs };
}

/** Since and until when commands have each load off, and when it may be off again; those that were off only. `day`: the local one. */
export function offTimes(
  loads: readonly FlexibleLoad[],
  past: readonly PastCommand[],
  day: Span,
): Readonly<Record<string, OffTime>> {
  return Object.fromEntries(
    loads.flatMap((load) => {
      const own = commandsOf(load, past);
      const last = own.at(-1);
      if (!last) return [];
      const times = own.filter(({ atMs }) => atMs >= day.fromMs).length;
      const off = { sinceMs: heldSinceMs(own, last), untilMs: last.untilMs };
      return [[load.id, offTime(load, off, { times, dayToMs: day.toMs })]];
    }),
  );
}

/** Those for a load, oldest first. */
function commandsOf({ id }: FlexibleLoad, past: readonly PastCommand[]): readonly PastCommand[] {
  return past.filter((command) => command.load === id).toSorted((a, b) => a.atMs - b.atMs);
}

/** From when on it may be told again: it has rested. */
function freeFromMs(
  load: FlexibleLoad,
  own: readonly PastCommand[],
  last: PastCommand,
  { minBetweenMs }: CommandLimits,
): number {
  const off = { sinceMs: heldSinceMs(own, last), untilMs: last.untilMs };
  return Math.max(off.untilMs + minBetweenMs, restedMs(load, off));
}

/** Since when it has been off without a break. */
function heldSinceMs(own: readonly PastCommand[], last: PastCommand): number {
  let { atMs } = last;
  for (const { atMs: earlierMs, untilMs } of own.toReversed())
    if (untilMs >= atMs) atMs = Math.min(atMs, earlierMs);
  return atMs;
}

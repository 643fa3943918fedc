import { z } from 'zod';
import { MINUTE_MS } from '../../domain/interval.ts';
import { organisationPlace, type Register } from '../../domain/register.ts';
import type { BuildingStates } from '../building-states.ts';
import type { Emit, Told } from '../rule.ts';
import { absencesSchema, type Spans, withAbsence } from './absences.ts';
import { outageWords } from './outage-words.ts';
import { aliveUntil, type Member, type Silence, silenceOf, type Together } from './together.ts';

const outageSchema = z.object({
  /** While it goes on: when those who are silent were heard last, and who of them has spoken since. */
  open: z.object({ sinceMs: z.number(), back: z.array(z.string()) }).exactOptional(),
  past: absencesSchema,
});

/** Of a place, by what fell silent there: '' is the place as a whole, another name what the readings come through. */
export const outagesSchema = z.record(z.string(), outageSchema);
type Outages = z.infer<typeof outagesSchema>;

/** A device and what it has in common with others. */
export type Heard = Member & {
  readonly source: string | undefined;
  /** It is told as silent. */
  readonly isStale: boolean;
  readonly gateway: () => string | undefined;
};

/** Where a device is, and what its readings come through. */
type Place = { readonly building: string; readonly source: string | undefined };

/** One that speaks may have another way; two of those who were silent have none. */
const BACK = 2;
/** Groups that are remembered. */
const MOST_GROUPS = 10_000;

type Sources = {
  readonly register: () => Register;
  /** By building, and for the organisation as one. */
  readonly states: Pick<BuildingStates<{ outages: Outages }>, 'of' | 'find' | 'names'>;
  /** In a building, or everywhere. */
  readonly heard: (building?: string) => Iterable<Heard>;
};

export type OutageWatch = {
  /** Spans in which nothing could be heard of a device, of those after a moment; one that goes on has no end. */
  readonly spansOf: (of: Place, fromMs: number) => Spans;
  /** Can nothing be heard of it now? */
  readonly isOut: (building: string, voice: { readonly source?: string | undefined }) => boolean;
  /** A device has spoken: once two of those who were silent have, what they have in common is there again. */
  readonly spoke: (of: Place & { readonly device: string }, when: When, told: Told, emit: Emit) => void;
  /** A device is silent for too long: tells of what it has in common with others, if they are too. Was it told? */
  readonly judge: (first: Heard, at: At, emit: Emit) => boolean;
  /** A device is no more: where too few are left to end an outage, it is over. */
  readonly left: (of: Place, atMs: number, told: Told, emit: Emit) => void;
  /** What is kept in the states is another's. */
  readonly restored: () => void;
};

type Group = readonly [place: string, name: string];

type Asked = {
  readonly atMs: number;
  readonly fromMs: number;
  readonly together: Together;
  /** The gateway whose devices are left out. */
  readonly beside?: string | undefined;
};

/** When a device was heard before, when it says it is, and the event time of its building. */
type When = { readonly beforeMs: number; readonly atMs: number; readonly nowMs: number };

type At = {
  readonly atMs: number;
  /** How much of a span kvarter heard the building of the first, ms. */
  readonly heardMs: (fromMs: number, toMs: number) => number;
  readonly together: Together;
  readonly told: Told;
};

/**
 * What many devices have in common, by their silence: what their readings come through (a supplier's cloud, a network server), their
 * building, that in their building, or that they are heard by kvarter at all. While it is silent, theirs says nothing.
 */
export function createOutageWatch({ register, states, heard }: Sources): OutageWatch {
  /** Nothing is hidden after it: mostly nobody is looked up for a packet. Undefined: to be reckoned. */
  let hiddenToMs: number | undefined = Number.NEGATIVE_INFINITY;
  const hiddenTo = () => {
    hiddenToMs ??= Math.max(
      ...states.names().flatMap((place) => Object.values(states.of(place).outages).map(endOf)),
    );
    return hiddenToMs;
  };
  const isAnyOpen = () => hiddenTo() === Number.POSITIVE_INFINITY;
  const outagesIn = (place: string) => states.find(place)?.outages;
  const keysOf = ({ building, source }: Place): readonly Group[] => {
    const all = organisationPlace(register());
    const whole = [[all, ''] as const, [building, ''] as const];
    return source === undefined ? whole : [...whole, [all, source], [building, source]];
  };
  const end = (place: string, name: string, atMs: number, { rule, severity }: Told, emit: Emit) => {
    const outage = outagesIn(place)?.[name];
    if (outage?.open === undefined) return;
    outage.past = withAbsence(outage.past, { fromMs: outage.open.sinceMs, toMs: atMs });
    delete outage.open;
    hiddenToMs = undefined;
    alive.clear();
    const about = { rule, severity, forMs: 0, clearMs: 0, subject: subjectOf(place, name), building: place };
    emit({ ...about, atMs, holds: false });
  };
  const isOf = (place: string, name: string) => (one: Heard) =>
    (name === '' || one.source === name) &&
    (place === organisationPlace(register()) || one.building === place);

  const isOut: OutageWatch['isOut'] = (building, { source }) =>
    isAnyOpen() &&
    keysOf({ building, source }).some(([place, name]) => outagesIn(place)?.[name]?.open !== undefined);

  /** When the newest outage of a device that is over ended; −Infinity while none is. */
  const overMsOf = (of: Place): number =>
    Math.max(
      ...keysOf(of)
        .flatMap(([place, name]) => outagesIn(place)?.[name]?.past ?? [])
        .map(([, overMs]) => overMs),
    );

  /**
   * Until when those of a group are alive ({@link aliveUntil}), as it was within the last minute: it can only be later by now. Many
   * that fall silent each for itself would ask all others each.
   */
  const alive = new Map<string, { readonly atMs: number; readonly untilMs: number }>();
  const isAlive = (
    [place, name]: Group,
    isIn: (one: Heard) => boolean,
    { atMs, fromMs, beside, together }: Asked,
  ): boolean => {
    const key = JSON.stringify([place, name, beside, together.sharePct]);
    let known = alive.get(key);
    if (known === undefined || Math.abs(atMs - known.atMs) >= MINUTE_MS) {
      const everywhere = place === organisationPlace(register());
      const members = [...(everywhere ? heard() : heard(place))];
      const ofGroup = members.filter((one) => isIn(one) && !isOut(one.building, one));
      known = { atMs, untilMs: aliveUntil(ofGroup, together) };
      if (alive.size >= MOST_GROUPS) alive.clear();
      alive.set(key, known);
    }
    return fromMs < known.untilMs;
  };

  /** What the first has in common with all that are silent, the widest of it. */
  const commonOf = (first: Heard, { atMs, heardMs, together }: At) => {
    // Not the moment at which it should have spoken: whose last packet was lost is the first to be missed.
    const halfMs = atMs - first.limitMs / 2;
    // Who has spoken since the newest outage was over is not silent with it either.
    const overMs = overMsOf(first);
    const fromMs = overMs > first.lastMs ? Math.min(halfMs, overMs - 1) : halfMs;
    const window = { fromMs, heardMs: heardMs(fromMs, atMs) };
    const { building, source } = first;
    // Those behind the same gateway, by the register, are told with that.
    const gateway = first.gateway();
    const isBeside = (one: Heard) => gateway === undefined || one.gateway() !== gateway;
    // Who fell silent before says nothing of now.
    const isWitness = ({ isStale, lastMs }: Heard) => !isStale || lastMs > first.lastMs - first.limitMs / 2;
    let witnesses: readonly Heard[] | undefined;
    const silence = (isIn: (one: Heard) => boolean) => {
      witnesses ??= [...heard()].filter((one) => isWitness(one) && !isOut(one.building, one));
      return silenceOf(first, witnesses.filter(isIn), window, together);
    };
    const organisation = organisationPlace(register());
    const isElsewhere = (one: Heard) =>
      one.building !== building && (source === undefined || one.source !== source) && isBeside(one);
    const asked = { atMs, fromMs, together };
    if (!isAlive([organisation, ''], () => true, asked)) {
      const everything = silence(isElsewhere) && silence(() => true);
      if (everything) return { place: organisation, name: '', silence: everything };
    }
    const candidates: readonly Group[] =
      source === undefined
        ? [[building, '']]
        : [
            [organisation, source],
            [building, ''],
            [building, source],
          ];
    for (const [place, name] of candidates) {
      const isOfPlace = isOf(place, name);
      const isIn = (one: Heard) => isOfPlace(one) && isBeside(one);
      if (isAlive([place, name], isIn, { ...asked, beside: gateway })) continue;
      const found = silence(isIn);
      if (!found || (place === organisation && found.buildings.length === 1)) continue;
      return { place, name, silence: found };
    }
    return undefined;
  };

  return {
    spansOf: (of, fromMs) => {
      if (fromMs >= hiddenTo()) return NONE;
      return keysOf(of).flatMap(([place, name]) => {
        const outage = outagesIn(place)?.[name];
        if (outage === undefined) return [];
        const { open, past } = outage;
        return open ? [...past, [open.sinceMs, Number.POSITIVE_INFINITY] as const] : past;
      });
    },
    isOut,
    spoke: (of, { beforeMs, atMs, nowMs }, told, emit) => {
      if (!isAnyOpen()) return;
      for (const [place, name] of keysOf(of)) {
        const open = outagesIn(place)?.[name]?.open;
        if (open === undefined || beforeMs > open.sinceMs || atMs <= open.sinceMs) continue;
        if (!open.back.includes(of.device)) open.back.push(of.device);
        if (open.back.length >= BACK) end(place, name, nowMs, told, emit);
      }
    },
    judge: (first, at, emit) => {
      const common = commonOf(first, at);
      if (common === undefined) return false;
      const { place, name, silence } = common;
      const { outages } = states.of(place);
      outages[name] = { past: outages[name]?.past ?? [], open: { sinceMs: silence.sinceMs, back: [] } };
      hiddenToMs = Number.POSITIVE_INFINITY;
      alive.clear();
      const about = { subject: subjectOf(place, name), building: place, forMs: 0, clearMs: 0 };
      emit({ ...at.told, ...about, atMs: at.atMs, holds: true, ...wordsOf(common, at.atMs) });
      return true;
    },
    left: (of, atMs, told, emit) => {
      for (const [place, name] of keysOf(of)) {
        const open = outagesIn(place)?.[name]?.open;
        if (open === undefined) continue;
        const isIn = isOf(place, name);
        const silent = [...heard()].filter((one) => isIn(one) && !one.isStale && one.lastMs <= open.sinceMs);
        if (new Set([...silent.map(({ device }) => device), ...open.back]).size < BACK)
          end(place, name, atMs, told, emit);
      }
    },
    restored: () => {
      hiddenToMs = undefined;
      alive.clear();
    },
  };

  function wordsOf({ place, name, silence }: Common, atMs: number) {
    const isAll = place === organisationPlace(register());
    return outageWords({
      ...silence,
      ...(isAll ? {} : { building: place }),
      ...(name === '' ? {} : { source: name }),
      silentMinutes: Math.round((atMs - silence.sinceMs) / MINUTE_MS),
    });
  }
}

const NONE: Spans = [];

function endOf({ open, past }: z.infer<typeof outageSchema>): number {
  return open ? Number.POSITIVE_INFINITY : (past.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY);
}

type Common = { readonly place: string; readonly name: string; readonly silence: Silence };

/** Devices have a channel behind a line: none is called so. */
function subjectOf(place: string, name: string): string {
  return name === '' ? place : `${place}/${name}`;
}

import type { Said } from '../../domain/alert.ts';
import { carriedBy, gatewayOf } from '../../domain/gateways.ts';
import { MINUTE_MS } from '../../domain/interval.ts';
import type { Point } from '../../domain/reading.ts';
import { spanInWords } from '../../domain/span-words.ts';
import { isoTime } from '../../domain/time.ts';
import type { Emit, RuleContext } from '../rule.ts';
import { subjectOf } from '../scope.ts';
import { type Absences, type Spans, unheardMs } from './absences.ts';
import { LOST, NEVER_MS } from './pauses.ts';

/**
 * A device, what carries it, when it was heard last, its usual pause (reckoned when it is asked for: nearly all have just spoken) and the
 * silence that is too long for it, ms.
 */
export type Carried = {
  readonly gateway: string;
  readonly device: string;
  readonly lastMs: number;
  readonly usualMs: () => number;
  readonly limitMs: number;
  /** When nothing could be heard of it; without an end while that goes on. */
  readonly outages: () => Spans;
};

/** What is known of a building. */
type State = {
  /** Its event time. */
  readonly nowMs: number;
  /** Gateways that were told as silent. */
  gateways: string[];
  readonly away: Absences;
};

/** Fewer devices say nothing of what carries them. */
const LEAST_DEVICES = 3;
/** Less likely than this, it is the gateway. */
const BY_CHANCE = 0.05;
/** What is older was stored: a gateway that sends that is not back until it has caught up. */
const LATE_MS = 10 * MINUTE_MS;

/** So many other buildings are asked, whatever the gateway carries. */
const MOST_BUILDINGS = 100;

export type GatewayWatch = {
  /** A device has spoken: if what it says is not old, what carries it is there again. */
  readonly heard: (
    state: State,
    point: Point & { readonly building: string },
    atMs: number,
    emit: Emit,
  ) => void;
  /** Tells of gateways through which nothing comes any more; is there one of which it is not clear yet? */
  readonly judge: (state: State, building: string, atMs: number, emit: Emit) => boolean;
};

/**
 * The gateways of devices, by the silence of those: gateways that have no row of their own. One that says something itself is judged by
 * that. Each building is told for itself, once a device of it is overdue. `carriedIn`: what is known of a building's devices.
 */
export function createGatewayWatch<P>(
  { register, settingsOf, toldOf }: RuleContext<P>,
  carriedIn: (building: string) => readonly Carried[],
): GatewayWatch {
  const aboutOf = (building: string, gateway: string, atMs: number) => ({
    subject: `${building}/${gateway}`,
    building,
    device: gateway,
    atMs,
  });
  const end = (
    state: State,
    building: string,
    atMs: number,
    emit: Emit,
    isOver: (gateway: string) => boolean,
  ) => {
    for (const gateway of state.gateways.filter(isOver)) {
      const told = toldOf(subjectOf(register(), building, gateway));
      emit({ ...told, ...aboutOf(building, gateway, atMs), holds: false });
    }
    state.gateways = state.gateways.filter((gateway) => !isOver(gateway));
  };
  /** Of the other buildings, one by one: the first in which it was heard is enough. */
  function* elsewhere(gateway: string, building: string): Generator<readonly Carried[]> {
    const all = carriedBy(register()).get(gateway)?.buildings ?? [];
    for (const other of all.filter((one) => one !== building).slice(0, MOST_BUILDINGS))
      yield byDevice(carriedIn(other).filter((one) => one.gateway === gateway));
  }

  return {
    heard: (state, { building, device }, atMs, emit) => {
      if (state.nowMs - atMs > LATE_MS) return;
      const carrier = gatewayOf(register(), device);
      end(state, building, atMs, emit, (gateway) => gateway === carrier);
    },
    judge: (state, building, atMs, emit) => {
      const behind = Map.groupBy(
        carriedIn(building).filter(({ gateway }) => !register().devices.has(gateway)),
        ({ gateway }) => gateway,
      );
      end(state, building, atMs, emit, (gateway) => !behind.has(gateway));
      let isUnclear = false;
      for (const [gateway, all] of behind) {
        const outages = all.flatMap((one) => one.outages());
        const at = { atMs, unheard: [...state.away, ...outages] };
        const silence = silenceOf(byDevice(all), elsewhere(gateway, building), at);
        if (silence === undefined) end(state, building, atMs, emit, (one) => one === gateway);
        if (silence === undefined || state.gateways.includes(gateway)) continue;
        // More than the gateway is silent, and told.
        if (outages.some(([, toMs]) => toMs > atMs)) continue;
        if (silence === 'unclear') {
          isUnclear = true;
          continue;
        }
        const told = settingsOf(subjectOf(register(), building, gateway))?.told;
        if (told === undefined) continue;
        state.gateways.push(gateway);
        const about = aboutOf(building, gateway, atMs);
        emit({ ...told, ...about, holds: true, ...wordsOf(gateway, silence, atMs) });
      }
      return isUnclear;
    },
  };
}

/** What a gateway's silence rests on; `devices` are the building's own, `count` is of all. */
type Silence = { readonly sinceMs: number; readonly devices: readonly string[]; readonly count: number };
type At = { readonly atMs: number; readonly unheard: Spans };

function silentMs({ atMs, unheard }: At, fromMs: number): number {
  return atMs - fromMs - unheardMs(unheard, fromMs, atMs);
}

/**
 * Is it the gateway? A device of the building is silent for too long, and that none of the others has spoken since the gateway was
 * heard last is hardly chance: each speaks once in its usual pause, at any moment of it. Undefined: nobody is overdue who was
 * not silent before; `unclear`: one is, and the others may be about to speak.
 */
function silenceOf(
  here: readonly Carried[],
  elsewhere: Iterable<readonly Carried[]>,
  at: At,
): Silence | 'unclear' | undefined {
  const overdue = here.filter(({ lastMs, limitMs }) => silentMs(at, lastMs) > limitMs);
  const heard = [...here];
  let sinceMs = latestMs(here);
  // Who had missed a turn while others were heard may be silent by itself; of whom too little is known says nothing.
  const isWitness = ({ lastMs, limitMs, usualMs }: Carried) =>
    limitMs !== NEVER_MS && sinceMs - lastMs <= 2 * usualMs();
  if (!overdue.some(isWitness)) return undefined;
  for (const some of elsewhere) {
    heard.push(...some);
    sinceMs = Math.max(sinceMs, latestMs(some));
    if (!overdue.some(isWitness)) return undefined;
  }
  const witnesses = heard.filter(isWitness);
  if (witnesses.length < LEAST_DEVICES) return undefined;
  const chances = witnesses.map(({ usualMs }) => Math.max(LOST, 1 - silentMs(at, sinceMs) / usualMs()));
  // One may have fallen silent by itself: the one that says most.
  const chance = chances.reduce((product, one) => product * one, 1) / Math.min(...chances);
  if (chance >= BY_CHANCE) return 'unclear';
  const devices = here.filter(isWitness).map(({ device }) => device);
  return { sinceMs, devices, count: witnesses.length };
}

function latestMs(carried: readonly Carried[]): number {
  return Math.max(...carried.map(({ lastMs }) => lastMs));
}

/** A device that speaks on several channels is one, as quick as the quickest of them. */
function byDevice(carried: readonly Carried[]): readonly Carried[] {
  return [...Map.groupBy(carried, ({ device }) => device).values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const lastMs = Math.max(...all.map((one) => one.lastMs));
    const usualMs = () => Math.min(...all.map((one) => one.usualMs()));
    const limitMs = Math.min(...all.map((one) => one.limitMs));
    return [{ ...first, lastMs, usualMs, limitMs }];
  });
}

function wordsOf(gateway: string, { sinceMs, devices, count }: Silence, atMs: number): Said {
  const silentMinutes = Math.round((atMs - sinceMs) / MINUTE_MS);
  return {
    title: `Gateway ${gateway} is silent`,
    detail:
      `None of the ${count} devices behind it has been heard for ${spanInWords(silentMinutes)}. ` +
      'Look for its power and its network first.',
    facts: {
      kind: 'gateway',
      gateway,
      devices: [...devices],
      deviceCount: count,
      lastAt: isoTime(sinceMs),
      silentMinutes,
    },
  };
}

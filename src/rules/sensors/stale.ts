import { z } from 'zod';
import type { Said } from '../../domain/alert.ts';
import { gatewayOf } from '../../domain/gateways.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Register } from '../../domain/register.ts';
import { spanInWords } from '../../domain/span-words.ts';
import { isoTime } from '../../domain/time.ts';
import { createBuildingStates } from '../building-states.ts';
import { isChannelGone } from '../gone.ts';
import { integer, minutes, number } from '../parameters.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';
import { subjectOf } from '../scope.ts';
import { absencesSchema, awayMs, withAbsence } from './absences.ts';
import { foldPause, longestPauseMs, NEVER_MS, pausesSchema, usualMs } from './pauses.ts';
import { type Carried, createGatewayWatch } from './silent-gateways.ts';

const parameters = z.strictObject({
  pauses: number(1, 1000)
    .default(4)
    .describe("silence is noticed after this many times the device's usual pause …"),
  minSilenceMinutes: minutes().default(2).describe('… but not before …'),
  minPauses: integer(1, 21).default(5).describe('… and not until this many pauses have been seen'),
});
type Stale = z.infer<typeof parameters>;

const voiceSchema = pausesSchema.extend({
  lastMs: z.number(),
  /** Silence is noticed when it is longer than this. */
  limitMs: z.number(),
  isStale: z.boolean(),
});
type Voice = z.infer<typeof voiceSchema>;

const stateSchema = z.object({
  /** Event time of the building. */
  nowMs: z.number(),
  /** No voice falls silent before this. */
  dueMs: z.number(),
  voices: z.record(z.string(), voiceSchema),
  away: absencesSchema.default([]),
  /** Gateways that were told as silent. */
  gateways: z.array(z.string()).default([]),
});

export const stale: RuleDefinition<Stale> = {
  type: 'stale',
  doc: `A device that is silent for longer than a multiple of its own usual pause. Per device and channel: a quantity is too fine
(all of them come in one packet, and one fault would give five alerts), a device too coarse (a gateway goes on speaking when one
of the meters behind it has died). Where devices.csv names what carries the devices of a building (column gateway), and that has no
row of its own, it is told as silent when too many of them, there and in other buildings, fall silent at once to be chance; theirs are
then held back (parents).`,
  level: 'device',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create,
};

function create(context: RuleContext<Stale>): ReturnType<(typeof stale)['create']> {
  const { register, settingsOf, toldOf } = context;
  const states = createBuildingStates(stateSchema, () => ({
    nowMs: 0,
    dueMs: NEVER_MS,
    voices: {},
    away: [],
    gateways: [],
  }));

  const gateways = createGatewayWatch(context, (building) =>
    Object.entries(states.find(building)?.voices ?? {}).flatMap(([key, voice]) =>
      carriedOf(register(), key, voice),
    ),
  );

  /**
   * What was folded last: a packet has several quantities, and only the first of them says something of the rhythm. Forgotten at
   * each tick, which may take a voice away.
   */
  const said = { building: '', device: '', channel: '', atMs: 0 };
  const isSaid = ({ building, device }: Reading['point'], channel: string, atMs: number): boolean => {
    if (
      said.atMs === atMs &&
      said.device === device &&
      said.channel === channel &&
      said.building === building
    )
      return true;
    said.building = building;
    said.device = device;
    said.channel = channel;
    said.atMs = atMs;
    return false;
  };
  const forgetSaid = () => {
    said.device = '';
  };

  return {
    // That it is there, or has gone, is what its gateway or broker says: it has not spoken.
    sees: ({ quantity }) => quantity !== 'online',
    onReading: ({ point, atMs }, settings, emit) => {
      const channel = channelOf(point);
      if (isSaid(point, channel, atMs)) return;
      const state = states.of(point.building);
      if (atMs > state.nowMs) state.nowMs = atMs;
      const key = `${point.device}|${channel}`;
      const voice = state.voices[key];
      if (voice === undefined) {
        state.voices[key] = { lastMs: atMs, pausesMs: [], next: 0, limitMs: NEVER_MS, isStale: false };
        return;
      }
      // Other quantities of the same packet, and what comes late, say nothing of the rhythm.
      if (atMs <= voice.lastMs) return;
      const before = voice.lastMs;
      if (awayMs(state.away, before, atMs) === 0) {
        foldPause(voice, atMs - before);
        voice.limitMs = longestPauseMs(voice, settings.parameters);
      }
      voice.lastMs = atMs;
      if (voice.limitMs !== NEVER_MS) state.dueMs = Math.min(state.dueMs, atMs + voice.limitMs);
      if (state.gateways.length > 0) gateways.heard(state, point, atMs, emit);
      // A device that sends what it had stored is not back until it has caught up.
      if (!voice.isStale || state.nowMs - atMs > voice.limitMs) return;
      voice.isStale = false;
      emit({ ...settings.told, ...aboutVoice(point.building, key, point.space), atMs, holds: false });
    },
    onTick: (building, atMs, emit) => {
      forgetSaid();
      const state = states.find(building);
      if (state === undefined) return;
      if (atMs > state.nowMs) state.nowMs = atMs;
      if (atMs <= state.dueMs) return;
      state.dueMs = NEVER_MS;
      let isAnyLate = false;
      const waitedFor: string[] = [];
      for (const key in state.voices) {
        const voice = state.voices[key];
        if (voice === undefined) continue;
        const dueMs = voice.lastMs + awayMs(state.away, voice.lastMs, atMs) + voice.limitMs;
        isAnyLate ||= atMs > dueMs;
        if (voice.isStale || voice.limitMs === NEVER_MS || atMs > dueMs) waitedFor.push(key);
        else state.dueMs = Math.min(state.dueMs, dueMs);
      }
      // What explains the silence of others is told before theirs. Nearly always all have spoken, and so has what carries them.
      if (isAnyLate || state.gateways.length > 0) {
        const isUnclear = gateways.judge(state, building, atMs, emit);
        if (isUnclear) state.dueMs = Math.min(state.dueMs, atMs + MINUTE_MS);
      }
      for (const key of waitedFor) {
        const voice = state.voices[key];
        if (voice === undefined) continue;
        const device = deviceOf(key);
        const channel = key.slice(device.length + 1) || undefined;
        const subject = () => subjectOf(register(), building, device, channel);
        // Taken out of the register, moved, or replaced: nobody waits for it any more. Asked of those only that are waited for, or
        // hardly known: nearly all are looked at each few minutes, and have just spoken.
        if (isChannelGone(register(), { building, device, channel }, atMs)) {
          if (voice.isStale) emit({ ...toldOf(subject()), ...aboutVoice(building, key), atMs, holds: false });
          delete state.voices[key];
          continue;
        }
        // That it has been taken out is seen also when nobody else speaks.
        if (voice.isStale) state.dueMs = Math.min(state.dueMs, atMs + HOUR_MS);
        if (voice.isStale || voice.limitMs === NEVER_MS) continue;
        const about = subject();
        const told = settingsOf(about)?.told;
        // The rule file was changed, and none of its entries holds for the device any more.
        if (told === undefined) continue;
        voice.isStale = true;
        emit({
          ...told,
          ...aboutVoice(building, key, about.space),
          atMs,
          holds: true,
          ...wordsOf(key, voice, atMs),
        });
      }
    },
    onAway: (building, span) => {
      const state = states.find(building);
      if (state) state.away = withAbsence(state.away, span);
    },
    snapshot: states.snapshot,
    restore: (part) => {
      forgetSaid();
      states.restore(part);
    },
  };
}

/** The phases and the neutral of a meter come in its own packets: they fall silent with it. */
function channelOf({ channel = '' }: Reading['point']): string {
  return PHASES.has(channel) ? '' : channel;
}

const PHASES: ReadonlySet<string> = new Set(['L1', 'L2', 'L3', 'N']);

function deviceOf(key: string): string {
  return key.slice(0, key.lastIndexOf('|'));
}

function carriedOf(register: Register, key: string, voice: Voice): readonly Carried[] {
  const device = deviceOf(key);
  const gateway = gatewayOf(register, device);
  if (gateway === undefined) return [];
  return [{ gateway, device, lastMs: voice.lastMs, limitMs: voice.limitMs, usualMs: () => usualMs(voice) }];
}

function aboutVoice(building: string, key: string, space?: string) {
  return { subject: key, building, ...(space === undefined ? {} : { space }), device: deviceOf(key) };
}

function wordsOf(key: string, voice: Voice, atMs: number): Said {
  const device = deviceOf(key);
  const channel = key.slice(device.length + 1);
  const name = channel === '' ? device : `${device}, channel ${channel},`;
  const silentMinutes = Math.round((atMs - voice.lastMs) / MINUTE_MS);
  const usualMinutes = Math.round(usualMs(voice) / 600) / 100;
  return {
    title: `${name} is silent`,
    detail: `No reading for ${spanInWords(silentMinutes)}; it usually pauses for ${spanInWords(usualMinutes)}. Look for its battery, its radio link or its gateway.`,
    facts: {
      device,
      ...(channel === '' ? {} : { channel }),
      lastAt: isoTime(voice.lastMs),
      silentMinutes,
      usualMinutes,
    },
  };
}

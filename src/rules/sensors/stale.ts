import { z } from 'zod';
import { gatewayOf } from '../../domain/gateways.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Register } from '../../domain/register.ts';
import { createBuildingStates } from '../building-states.ts';
import { isChannelGone } from '../gone.ts';
import { integer, minutes, number } from '../parameters.ts';
import type { Emit, RuleContext, RuleDefinition } from '../rule.ts';
import { subjectOf } from '../scope.ts';
import { absencesSchema, unheardMs, withAbsence } from './absences.ts';
import { createOutageWatch, type Heard, outagesSchema } from './outages.ts';
import { foldPause, longestPauseMs, NEVER_MS, usualMs } from './pauses.ts';
import { type Carried, createGatewayWatch } from './silent-gateways.ts';
import { aboutVoice, channelOf, deviceOf, partsOf, type Voice, voiceSchema, wordsOf } from './voices.ts';

const parameters = z.strictObject({
  pauses: number(1, 1000)
    .default(4)
    .describe("silence is noticed after this many times the device's usual pause …"),
  minSilenceMinutes: minutes().default(2).describe('… but not before …'),
  minPauses: integer(1, 21).default(5).describe('… and not until this many pauses have been seen'),
  togetherDevices: integer(2, 1000)
    .default(4)
    .describe(
      'so many that fall silent at about the same time are told as one, by what they have in common …',
    ),
  togetherPct: number(51, 100)
    .default(80)
    .describe('… when of those that should have spoken since, this share has not'),
});
type Stale = z.infer<typeof parameters>;

const stateSchema = z.object({
  /** Event time of the building. */
  nowMs: z.number(),
  /** No voice falls silent before this. */
  dueMs: z.number(),
  voices: z.record(z.string(), voiceSchema),
  away: absencesSchema.default([]),
  /** Gateways that were told as silent. */
  gateways: z.array(z.string()).default([]),
  outages: outagesSchema.default({}),
});
type State = z.infer<typeof stateSchema>;

export const stale: RuleDefinition<Stale> = {
  type: 'stale',
  doc: `A device that is silent for longer than a multiple of its own usual pause. Per device and channel: a quantity is too fine
(all of them come in one packet, and one fault would give five alerts), a device too coarse (a gateway goes on speaking when one
of the meters behind it has died). Where devices.csv names what carries the devices of a building (column gateway), and that has no
row of its own, it is told as silent when too many of them, there and in other buildings, fall silent at once to be chance; theirs are
then held back (parents). When many fall silent at about the same time that have what their readings come through (format, and sender) in common,
or their building, or nothing but kvarter, that is told, and their silence does not count until two of them have spoken.`,
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
    outages: {},
  }));

  const gateways = createGatewayWatch(context, (building) =>
    Object.entries(states.find(building)?.voices ?? {}).flatMap(([key, voice]) =>
      carriedOf(register(), key, voice, () =>
        outages.spansOf({ building, source: voice.source }, voice.lastMs),
      ),
    ),
  );

  const outages = createOutageWatch({ register, states, heard });

  function* heard(of?: string): Generator<Heard> {
    for (const building of of === undefined ? states.names() : [of])
      for (const [key, voice] of Object.entries(states.find(building)?.voices ?? {}))
        yield heardOf(register(), building, key, voice);
  }

  /** How much of a span nothing could be heard of a device, ms. */
  const silencedMs = (state: State, building: string, voice: Voice, fromMs: number, toMs: number) => {
    const { source, unasked } = voice;
    const spans = [...state.away, ...outages.spansOf({ building, source }, fromMs)];
    return unheardMs(unasked ? [...spans, unasked] : spans, fromMs, toMs);
  };
  const dueOf = (state: State, building: string, voice: Voice, atMs: number) =>
    voice.lastMs + silencedMs(state, building, voice, voice.lastMs, atMs) + voice.limitMs;

  /** A device is silent for too long: is it with others? */
  const isTogether = (
    state: State,
    building: string,
    key: string,
    voice: Voice,
    atMs: number,
    emit: Emit,
  ) => {
    const [device, channel] = partsOf(key);
    const settings = settingsOf(subjectOf(register(), building, device, channel));
    if (settings === undefined || isChannelGone(register(), { building, device, channel }, atMs))
      return false;
    const { togetherDevices: least, togetherPct: sharePct } = settings.parameters;
    const heardMs = (fromMs: number, toMs: number) =>
      toMs - fromMs - silencedMs(state, building, voice, fromMs, toMs);
    const at = { atMs, heardMs, together: { least, sharePct }, told: settings.told };
    return outages.judge(heardOf(register(), building, key, voice), at, emit);
  };

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

  /** Buildings of which it has been seen since these rules hold which devices they ask for. */
  const asked = new Set<string>();
  const seeWhoIsAsked = (building: string, state: State, atMs: number, emit: Emit) => {
    if (asked.has(building)) return;
    asked.add(building);
    for (const [key, voice] of Object.entries(state.voices)) {
      const about = subjectOf(register(), building, ...partsOf(key));
      if (settingsOf(about) === undefined) voice.unaskedFromMs ??= atMs;
      else if (voice.unaskedFromMs !== undefined) {
        voice.unasked = [voice.unasked?.[0] ?? voice.unaskedFromMs, atMs];
        delete voice.unaskedFromMs;
        // Nobody knows whether it has spoken meanwhile.
        if (voice.isStale) emit({ ...toldOf(about), ...aboutVoice(building, key), atMs, holds: false });
        voice.isStale = false;
        state.dueMs = Math.min(state.dueMs, atMs);
      }
    }
  };

  return {
    // That it is there, or has gone, is what its gateway or broker says: it has not spoken.
    sees: ({ quantity }) => quantity !== 'online',
    onReading: ({ point, atMs, source }, settings, emit) => {
      const channel = channelOf(point);
      if (isSaid(point, channel, atMs)) return;
      const state = states.of(point.building);
      if (atMs > state.nowMs) state.nowMs = atMs;
      const key = `${point.device}|${channel}`;
      const voice = state.voices[key];
      if (voice === undefined) {
        const unknown = { lastMs: atMs, pausesMs: [], next: 0, limitMs: NEVER_MS, isStale: false };
        state.voices[key] = { ...unknown, ...(source === undefined ? {} : { source }) };
        return;
      }
      // Other quantities of the same packet, and what comes late, say nothing of the rhythm.
      if (atMs <= voice.lastMs) return;
      const before = voice.lastMs;
      const isUnasked = voice.unaskedFromMs !== undefined;
      if (!isUnasked && silencedMs(state, point.building, voice, before, atMs) === 0) {
        foldPause(voice, atMs - before);
        voice.limitMs = longestPauseMs(voice, settings.parameters);
      }
      const of = { device: point.device, building: point.building, source: voice.source };
      outages.spoke(of, { beforeMs: before, atMs, nowMs: state.nowMs }, settings.told, emit);
      voice.lastMs = atMs;
      delete voice.unasked;
      delete voice.unaskedFromMs;
      if (source !== undefined) voice.source = source;
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
      seeWhoIsAsked(building, state, atMs, emit);
      if (atMs <= state.dueMs) return;
      state.dueMs = NEVER_MS;
      let isAnyLate = false;
      const waitedFor: string[] = [];
      for (const key in state.voices) {
        const voice = state.voices[key];
        if (voice === undefined) continue;
        let dueMs = dueOf(state, building, voice, atMs);
        if (!voice.isStale && atMs > dueMs && isTogether(state, building, key, voice, atMs, emit))
          dueMs = dueOf(state, building, voice, atMs);
        isAnyLate ||= atMs > dueMs;
        if (voice.isStale || voice.limitMs === NEVER_MS || atMs > dueMs || outages.isOut(building, voice))
          waitedFor.push(key);
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
        const [device, channel] = partsOf(key);
        const subject = () => subjectOf(register(), building, device, channel);
        // Taken out of the register, moved, or replaced: nobody waits for it any more. Asked of those only that are waited for, or
        // hardly known: nearly all are looked at each few minutes, and have just spoken.
        if (isChannelGone(register(), { building, device, channel }, atMs)) {
          if (voice.isStale) emit({ ...toldOf(subject()), ...aboutVoice(building, key), atMs, holds: false });
          delete state.voices[key];
          outages.left({ building, source: voice.source }, atMs, toldOf(subject()), emit);
          continue;
        }
        // That it has been taken out is seen also when nobody else speaks.
        if (voice.isStale) state.dueMs = Math.min(state.dueMs, atMs + HOUR_MS);
        if (voice.isStale || voice.limitMs === NEVER_MS) continue;
        const dueMs = dueOf(state, building, voice, atMs);
        if (atMs <= dueMs) {
          state.dueMs = Math.min(state.dueMs, dueMs);
          continue;
        }
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
      outages.restored();
    },
  };
}

function carriedOf(
  register: Register,
  key: string,
  voice: Voice,
  outages: Carried['outages'],
): readonly Carried[] {
  const device = deviceOf(key);
  const gateway = gatewayOf(register, device);
  if (gateway === undefined) return [];
  return [
    { gateway, device, lastMs: voice.lastMs, limitMs: voice.limitMs, usualMs: () => usualMs(voice), outages },
  ];
}

function heardOf(register: Register, building: string, key: string, voice: Voice): Heard {
  const { lastMs, limitMs, source } = voice;
  const device = deviceOf(key);
  const gateway = () => gatewayOf(register, device);
  const { isStale } = voice;
  return { device, building, source, lastMs, limitMs, isStale, usualMs: () => usualMs(voice), gateway };
}

import { z } from 'zod';
import type { Said } from '../../domain/alert.ts';
import { MINUTE_MS } from '../../domain/interval.ts';
import type { Point } from '../../domain/reading.ts';
import { spanInWords } from '../../domain/span-words.ts';
import { isoTime } from '../../domain/time.ts';
import { pausesSchema, usualMs } from './pauses.ts';

/** A device and channel as it is heard. */
export const voiceSchema = pausesSchema.extend({
  /** What its newest reading came through. */
  source: z.string().exactOptional(),
  lastMs: z.number(),
  /** Silence is noticed when it is longer than this. */
  limitMs: z.number(),
  isStale: z.boolean(),
  /** No entry of the rule file holds for it, so that it is not listened to; and when that was so, since it was heard last. */
  unaskedFromMs: z.number().exactOptional(),
  unasked: z.tuple([z.number(), z.number()]).exactOptional(),
});
export type Voice = z.infer<typeof voiceSchema>;

/** The phases and the neutral of a meter come in its own packets: they fall silent with it. */
export function channelOf({ channel = '' }: Point): string {
  return PHASES.has(channel) ? '' : channel;
}

const PHASES: ReadonlySet<string> = new Set(['L1', 'L2', 'L3', 'N']);

export function deviceOf(key: string): string {
  return key.slice(0, key.lastIndexOf('|'));
}

export function partsOf(key: string): readonly [device: string, channel: string | undefined] {
  const device = deviceOf(key);
  return [device, key.slice(device.length + 1) || undefined];
}

export function aboutVoice(building: string, key: string, space?: string) {
  return { subject: key, building, ...(space === undefined ? {} : { space }), device: deviceOf(key) };
}

export function wordsOf(key: string, voice: Voice, atMs: number): Said {
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

import { z } from 'zod';
import { isOwnTopic } from '../domain/own-topics.ts';
import { issueText } from '../domain/plain-message.ts';
import { parseIsoTime } from '../domain/time.ts';
import type { Packet } from './ingest.ts';

/** Clocks of two machines differ by so much without harm. */
const MOST_AHEAD_MS = 60_000;
const MOST_TOPIC_BYTES = 65_535;

const lineSchema = z
  .strictObject({
    topic: z.string(),
    payload: z.string().optional(),
    payloadBase64: z.base64().optional(),
    receivedAt: z.string().optional(),
  })
  .refine(
    ({ payload, payloadBase64 }) => (payload === undefined) !== (payloadBase64 === undefined),
    'needs either payload or payloadBase64',
  );

/** The packet of a line `{"topic","payload"|"payloadBase64","receivedAt"?}`, or what is wrong with the line. */
export function rawPacket(line: string, nowMs: number): Packet | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    return `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) {
    return parsed.error.issues.map(issueText).join('; ');
  }
  const { topic, payload, payloadBase64, receivedAt } = parsed.data;
  const wrongTopic = topicProblem(topic);
  if (wrongTopic !== undefined) return wrongTopic;
  const receivedAtMs = receivedAt === undefined ? nowMs : parseIsoTime(receivedAt);
  if (receivedAtMs === undefined) {
    return `receivedAt "${receivedAt}" is not ISO 8601 with offset, such as 2026-01-15T07:15:00Z`;
  }
  if (receivedAtMs > nowMs + MOST_AHEAD_MS) return `receivedAt ${receivedAt} is in the future`;
  return {
    kind: 'packet',
    receivedAtMs,
    topic,
    payload: payloadBase64 === undefined ? Buffer.from(payload ?? '') : Buffer.from(payloadBase64, 'base64'),
  };
}

/** What a broker would not have taken as a topic to publish on. */
function topicProblem(topic: string): string | undefined {
  if (topic === '') return 'topic is empty';
  if (/[+#\0]/.test(topic)) return `topic "${topic}" has a wildcard or U+0000 in it`;
  if (Buffer.byteLength(topic) > MOST_TOPIC_BYTES) return 'topic is longer than MQTT can carry';
  if (isOwnTopic(topic)) return `${topic} is for kvarter itself to publish on`;
  return undefined;
}

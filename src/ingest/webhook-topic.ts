import { isRecord, parseJson, recordOf, textOf } from '../decode/payload.ts';

/** The topic on which a network server would have published what it posts, or what is missing in it. */
export type WebhookTopic =
  | { readonly ok: true; readonly topic: string }
  | { readonly ok: false; readonly detail: string };

export type WebhookPost = {
  readonly body: Uint8Array;
  /** The kind of event, as ChirpStack says it in the address. */
  readonly event: string | undefined;
};

export const webhookServers = ['chirpstack', 'tts'] as const;
export type WebhookServer = (typeof webhookServers)[number];

/** ChirpStack says the event in the address, The Things Stack by the field that the message has. */
export const webhookTopics: Readonly<Record<WebhookServer, (post: WebhookPost) => WebhookTopic>> = {
  chirpstack: ({ body, event }) => {
    const parsed = objectOf(body, "ChirpStack's HTTP integration with payload encoding JSON");
    if (!parsed.ok) return parsed;
    const { applicationId, devEui } = recordOf(parsed.value.deviceInfo);
    if (event === undefined)
      return missing('the event in the address (?event=up), which ChirpStack adds itself');
    return topicOf(['application', textOf(applicationId), 'device', textOf(devEui), 'event', event], {
      what: 'deviceInfo.applicationId and deviceInfo.devEui',
    });
  },
  tts: ({ body }) => {
    const parsed = objectOf(body, "The Things Stack's webhook of format JSON");
    if (!parsed.ok) return parsed;
    const ids = recordOf(parsed.value.end_device_ids);
    const application = textOf(recordOf(ids.application_ids).application_id);
    const kind = Object.keys(thingsStackKinds).find((field) => isRecord(parsed.value[field]));
    const path = kind === undefined ? ['other'] : (thingsStackKinds[kind] ?? '').split('/');
    return topicOf(['v3', application, 'devices', textOf(ids.device_id), ...path], {
      what: 'end_device_ids.device_id and end_device_ids.application_ids.application_id',
    });
  },
};

/** The field of a message → the end of its topic. */
const thingsStackKinds: Readonly<Record<string, string>> = {
  uplink_message: 'up',
  join_accept: 'join',
  downlink_ack: 'down/ack',
  downlink_nack: 'down/nack',
  downlink_sent: 'down/sent',
  downlink_failed: 'down/failed',
  downlink_queued: 'down/queued',
  location_solved: 'location/solved',
  service_data: 'service/data',
};

function objectOf(
  body: Uint8Array,
  wanted: string,
):
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly detail: string } {
  const parsed = parseJson(body);
  if (parsed.ok && isRecord(parsed.value)) return { ok: true, value: parsed.value };
  return {
    ok: false,
    detail: `the body is not a JSON object${parsed.ok ? '' : ` (${parsed.detail})`}: use ${wanted}`,
  };
}

/** Each part is one level of a topic: MQTT allows no wildcard, separator or U+0000 in it (MQTT 3.1.1, 4.7). */
function topicOf(levels: readonly (string | undefined)[], { what }: { readonly what: string }): WebhookTopic {
  const written = levels.filter((level) => level !== undefined);
  if (written.length < levels.length) return missing(what);
  const topic = written.join('/');
  const isPlain = written.every((level) => !/[/+#\0]/.test(level));
  return isPlain && topic.length <= MAX_TOPIC
    ? { ok: true, topic }
    : { ok: false, detail: `${what} make no topic: no "/", "+" or "#", and not longer than ${MAX_TOPIC}` };
}

const MAX_TOPIC = 512;

function missing(what: string): WebhookTopic {
  return { ok: false, detail: `${what}: not in what was posted` };
}

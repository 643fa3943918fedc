import type { Severity } from '../domain/alert.ts';
import type { Channel, Outgoing } from './channel.ts';
import { post } from './http-post.ts';

export type NtfyOptions = {
  /** `https://ntfy.sh/TOPIC`. */
  readonly url: string;
  /** Access token of the server, where the topic needs one. */
  readonly token?: string;
  readonly setting: string;
  readonly timeoutMs: number;
};

/** https://docs.ntfy.sh/publish/#message-priority: 1 to 5, 3 being ordinary. */
const PRIORITIES: Readonly<Record<Severity, string>> = { info: '2', warning: '3', critical: '5' };
const TAGS: Readonly<Record<Severity, string>> = {
  info: 'information_source',
  warning: 'warning',
  critical: 'rotating_light',
};
/** ntfy makes a file of what is longer than 4096 bytes. */
const MOST_BYTES = 4000;

/** POSTs the text to a topic of ntfy, or of what speaks as it does: title, priority, tags and link are headers. */
export function ntfyChannel({ url, token, setting, timeoutMs }: NtfyOptions): Channel {
  const target = new URL(url);
  return {
    kind: 'ntfy',
    send: (message, signal) =>
      post(target, {
        who: 'ntfy',
        setting,
        timeoutMs,
        signal,
        headers: {
          title: encodedWord(message.subject),
          priority: message.isOver ? PRIORITIES.info : PRIORITIES[message.severity],
          tags: tagsOf(message),
          ...(message.link === undefined ? {} : { click: asciiUrl(message.link) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: within(message.text, MOST_BYTES),
      }),
  };
}

function tagsOf({ isOver, severity }: Outgoing): string {
  return isOver ? 'white_check_mark' : TAGS[severity];
}

/** RFC 2047: headers are ASCII. ntfy decodes it; a word of ASCII stands as it is. */
function encodedWord(text: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(text);
  return isPlain ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** A header takes nothing but ASCII: hosts in punycode, the rest in per cent. */
function asciiUrl(link: string): string {
  return new URL(link).href;
}

/** As many lines as go into it, and that there are more. */
function within(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const cut = new TextDecoder().decode(Buffer.from(text).subarray(0, bytes - 4), { stream: true });
  const end = cut.lastIndexOf('\n');
  return `${end < 0 ? cut : cut.slice(0, end + 1)}…`;
}

import { z } from 'zod';
import { readTable } from '../config/csv-table.ts';
import type { Problem } from '../config/problem.ts';
import { isOwnTopic } from '../domain/own-topics.ts';
import { plainMessage } from '../domain/plain-message.ts';
import { parseIsoTime } from '../domain/time.ts';
import { isTopicFilter } from '../domain/topic-filter.ts';
import { type Credential, type CredentialKind, type Credentials, credentialKinds } from './credential.ts';
import { hashProblem } from './password-hash.ts';

export const credentialColumns = [
  'name',
  'kind',
  'hash',
  'publish',
  'subscribe',
  'devices',
  'oldHash',
  'oldUntil',
] as const;
export type CredentialColumn = (typeof credentialColumns)[number];
/** What a row of the file says, as text; a missing column is empty. */
export type CredentialRow = Readonly<Record<CredentialColumn, string>>;

const REQUIRED = ['name', 'kind', 'hash', 'publish', 'subscribe', 'devices'] as const;
const MOST_NAME_LETTERS = 128;
/** As ids in the register: a level of a topic, and nothing that a client id begins with by chance. */
const NAME = /^[\p{L}\d][\p{L}\d._-]*$/u;

const hash = z.string().superRefine((text, context) => {
  const problem = text === '' ? undefined : hashProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
const list = z.string().transform((text) => text.split(/\s+/).filter((part) => part !== ''));
const filters = list.pipe(
  z.array(
    z.string().refine(isTopicFilter, {
      error:
        'is not a list of topic filters: + stands for one whole level, # for all that follow, at the end only',
    }),
  ),
);

const rowSchema = z.object({
  name: z
    .string()
    .regex(NAME, 'a name is letters, digits, ".", "_" and "-"')
    .max(MOST_NAME_LETTERS, `a name has ${MOST_NAME_LETTERS} letters at most`),
  kind: z.enum(credentialKinds, `must be ${credentialKinds.join(', ')}`),
  hash,
  publish: filters,
  subscribe: filters,
  devices: list.pipe(
    z.array(z.string().regex(/^[^*]*\*?$/, 'is a list of device ids, or how they begin with * behind it')),
  ),
  oldHash: hash,
  oldUntil: z.string().refine((text) => text === '' || parseIsoTime(text) !== undefined, {
    error: 'must be ISO 8601 with offset, such as 2026-01-15T07:15:00Z',
  }),
});
type Row = z.infer<typeof rowSchema>;

export type ParsedCredentials =
  | { readonly ok: true; readonly credentials: Credentials }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads the file as a whole: every problem at its line, or all credentials. */
export function parseCredentials(
  { file, text }: { readonly file: string; readonly text: string },
  /** A name that is somebody else's. */
  taken: string | undefined,
): ParsedCredentials {
  const problems: Problem[] = [];
  const table = readTable({ file, text }, { required: REQUIRED, known: credentialColumns }, problems);
  const credentials = new Map<string, Credential>();
  for (const { line, record } of table?.rows ?? []) {
    const say = (column: string, message: string) =>
      problems.push({
        file,
        line,
        column: (table?.header.indexOf(column) ?? 0) + 1,
        path: column,
        message,
      });
    const parsed = rowSchema.safeParse({ ...emptyRow, ...record });
    if (!parsed.success) {
      for (const issue of parsed.error.issues) say(String(issue.path[0] ?? ''), plainMessage(issue));
      continue;
    }
    const row = parsed.data;
    if (credentials.has(row.name)) say('name', `${row.name} is there twice`);
    if (row.name === taken) say('name', `${row.name} is mqtt.username already: take another name`);
    for (const [column, message] of contradictions(row)) say(column, message);
    credentials.set(row.name, credentialOf(row));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, credentials };
}

export const emptyRow: CredentialRow = {
  name: '',
  kind: '',
  hash: '',
  publish: '',
  subscribe: '',
  devices: '',
  oldHash: '',
  oldUntil: '',
};

/** What each kind needs and cannot have. */
function contradictions(row: Row): readonly (readonly [CredentialColumn, string])[] {
  const found: [CredentialColumn, string][] = [];
  const { kind, name, publish, devices } = row;
  if (kind === 'device' && isOwnTopic(`kvarter/${name}/`)) {
    found.push(['name', `kvarter itself publishes on kvarter/${name}/: no device can have this name`]);
  }
  if (kind === 'device' && devices.length > 0) {
    found.push(['devices', 'a device speaks for itself: leave this empty, or make it a gateway']);
  }
  if (kind === 'gateway' && publish.length === 0) {
    found.push(['publish', 'a gateway needs topic filters to publish within']);
  }
  if (kind === 'gateway' && devices.length === 0) {
    found.push(['devices', 'a gateway needs the ids of the devices that it carries, or * for all']);
  }
  if (kind === 'reader' && publish.length > 0) {
    found.push(['publish', 'a reader publishes nothing: leave this empty, or make it a gateway']);
  }
  if (kind === 'reader' && devices.length > 0) {
    found.push(['devices', 'a reader speaks for nobody: leave this empty, or make it a gateway']);
  }
  if ((row.oldHash === '') !== (row.oldUntil === '')) {
    found.push(['oldUntil', 'oldHash and oldUntil go together: set both, or none']);
  }
  return found;
}

function credentialOf(row: Row): Credential {
  const { name, kind, subscribe } = row;
  const untilMs = parseIsoTime(row.oldUntil);
  return {
    name,
    kind,
    ...(row.hash === '' ? {} : { hash: row.hash }),
    ...(row.oldHash === '' || untilMs === undefined ? {} : { old: { hash: row.oldHash, untilMs } }),
    publish: [...ownTopics(kind, name), ...row.publish.map((filter) => withName(filter, name))],
    subscribe: subscribe.map((filter) => withName(filter, name)),
    devices: kind === 'device' ? [name] : row.devices,
  };
}

function ownTopics(kind: CredentialKind, name: string): readonly string[] {
  return kind === 'device' ? [`kvarter/${name}/#`] : [];
}

function withName(filter: string, name: string): string {
  return filter.replaceAll('{name}', name);
}

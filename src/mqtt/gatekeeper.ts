import type { Client } from 'aedes';
import { type AttemptLimits, defaultAttemptLimits } from '../access/attempts.ts';
import {
  type Credential,
  type Credentials,
  mayPublish,
  mayReceive,
  maySubscribe,
  validHashes,
} from '../access/credential.ts';
import {
  defaultPasswordLimits,
  type Login,
  type LoginsOptions,
  openLogins,
  type PasswordLimits,
} from '../access/logins.ts';
import { isOwnTopic } from '../domain/own-topics.ts';
import type { Peer } from './listeners/listeners.ts';

export type GatekeeperOptions = Pick<LoginsOptions, 'account' | 'clock'> & {
  /** How guessing is slowed. */
  readonly attempts?: Partial<AttemptLimits>;
  readonly passwords?: Partial<PasswordLimits>;
  /** Who may do what. Undefined: the account may do everything, and without one everybody may. */
  readonly credentials?: Credentials;
};

/** Since the start. Plain numbers, so that they can come from another thread. */
export type AccessCounts = {
  /** Clients let in. */
  accepted: number;
  /** Wrong user name or password, or a certificate of nobody. */
  refused: number;
  /** Connections that did not come to a CONNECT: a failed TLS handshake, a wrong WebSocket request. */
  handshakesFailed: number;
  /** Turned away unheard after too many failures. */
  turnedAway: number;
  /** Logins that are not answered yet. */
  waiting: number;
  /** Logins that had to wait, … */
  delayed: number;
  /** … and for how long, ms. */
  delayedMs: number;
  /** Publishes and wills that the client had no right to; each ended its connection. */
  publishDenied: number;
  /** Topic filters that were answered with 0x80. */
  subscribeDenied: number;
  /** Connections that were closed because their credential was removed or rotated. */
  revoked: number;
};

/** What a CONNECT is answered with, table 3.1. */
export type Answer =
  | { readonly ok: true }
  | { readonly ok: false; readonly returnCode: 3 | 4 | 5; readonly detail: string };

/** Knows who each client is, and what it may do. */
export interface Gatekeeper extends Disposable {
  admit(connect: Connect): Promise<Answer>;
  /** The name under which a client's packets are journaled; undefined: one that may do everything. */
  senderOf(client: Client): string | undefined;
  mayPublish(client: Client, topic: string): boolean;
  /** Why the client may not publish there, and counts it; undefined when it may. */
  publishProblem(client: Client, topic: string): string | undefined;
  maySubscribe(client: Client, filter: string): boolean;
  mayReceive(client: Client, topic: string): boolean;
  /** From now on these hold. Whose credential is gone or has another password is disconnected. */
  setCredentials(credentials: Credentials): void;
  readonly counts: AccessCounts;
}

export type Connect = {
  readonly client: Client;
  readonly peer: Peer;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly willTopic: string | undefined;
};

type Session = {
  readonly login: Login;
  rights: 'all' | Credential | undefined;
  /** The newest topic that it could publish on, because a client mostly publishes on one. */
  topic: string | undefined;
};

/** How soon a connection ends after its old password does. */
const REVIEW_MS = 5000;

export async function openGatekeeper(options: GatekeeperOptions): Promise<Gatekeeper> {
  const logins = await openLogins({
    ...options,
    attempts: { ...defaultAttemptLimits, ...options.attempts },
    passwords: { ...defaultPasswordLimits, ...options.passwords },
  });
  const counts: AccessCounts = {
    accepted: 0,
    refused: 0,
    handshakesFailed: 0,
    turnedAway: 0,
    waiting: 0,
    delayed: 0,
    delayedMs: 0,
    publishDenied: 0,
    subscribeDenied: 0,
    revoked: 0,
  };
  let { credentials } = options;
  const sessions = new WeakMap<Client, Session>();
  /** Those that a change of the credentials concerns. */
  const named = new Set<{ readonly client: Client; readonly session: Session }>();

  /** What a login is worth now: `all`, or a credential, or nothing any more. */
  const rightsOf = (login: Login): Session['rights'] => {
    if (login.kind === 'all') return 'all';
    const credential = credentials?.get(login.name);
    if (credential === undefined || login.hash === undefined) return credential;
    return validHashes(credential, options.clock()).includes(login.hash) ? credential : undefined;
  };
  const may = (client: Client, right: (credential: Credential) => boolean): boolean => {
    const rights = sessions.get(client)?.rights;
    return rights === 'all' || (rights !== undefined && right(rights));
  };
  const mayPublishOn = (client: Client, topic: string): boolean => {
    if (isReserved(topic)) return false;
    const session = sessions.get(client);
    if (session === undefined || session.rights === undefined) return false;
    if (session.rights === 'all' || session.topic === topic) return true;
    if (!mayPublish(session.rights, topic)) return false;
    session.topic = topic;
    return true;
  };
  const review = () => {
    for (const entry of named) {
      const { client, session } = entry;
      session.rights = rightsOf(session.login);
      session.topic = undefined;
      if (session.rights !== undefined) continue;
      named.delete(entry);
      counts.revoked += 1;
      client.close();
    }
  };
  const reviewing = setInterval(review, REVIEW_MS).unref();

  const enter = (client: Client, session: Session) => {
    counts.accepted += 1;
    // Only one user, or none: client ids are theirs to keep apart.
    if (credentials === undefined) return;
    const { login } = session;
    // A session belongs to its name: no other can take it over, empty it, or pass off packets as sent again.
    const owner = login.kind === 'named' ? login.name : (options.account?.username ?? '');
    client.id = `${owner}/${client.id}`;
    if (login.kind === 'all') return;
    const entry = { client, session };
    named.add(entry);
    client.conn.once('close', () => named.delete(entry));
  };

  return {
    counts,
    mayPublish: mayPublishOn,
    publishProblem: (client, topic) => {
      if (mayPublishOn(client, topic)) return undefined;
      counts.publishDenied += 1;
      return isReserved(topic)
        ? `${topic} is for kvarter itself to publish on`
        : `${client.id} may not publish on ${topic}`;
    },
    admit: async ({ client, peer, username, password, willTopic }) => {
      counts.waiting += 1;
      const applicant = {
        address: peer.address ?? '',
        name: username,
        password,
        certificateName: peer.certificateName,
        isGone: () => client.closed || client.conn.destroyed,
      };
      const answer = await logins.login(applicant, credentials).finally(() => {
        counts.waiting -= 1;
      });
      if (answer.delayMs > 0) {
        counts.delayed += 1;
        counts.delayedMs += answer.delayMs;
      }
      if (!answer.ok) {
        counts[answer.why === 'early' ? 'turnedAway' : 'refused'] += 1;
        return { ok: false, returnCode: returnCodes[answer.why], detail: answer.detail };
      }
      if (client.closed || client.conn.destroyed) return { ok: false, returnCode: 3, detail: 'has hung up' };
      const { login } = answer;
      const session: Session = { login, rights: rightsOf(login), topic: undefined };
      sessions.set(client, session);
      if (session.rights === undefined) return { ok: false, returnCode: 4, detail: 'has just been revoked' };
      if (willTopic !== undefined && !mayPublishOn(client, willTopic)) {
        counts.publishDenied += 1;
        return { ok: false, returnCode: 5, detail: `may not publish its will on ${willTopic}` };
      }
      enter(client, session);
      return { ok: true };
    },
    senderOf: (client) => {
      const login = sessions.get(client)?.login;
      return login?.kind === 'named' ? login.name : undefined;
    },
    maySubscribe: (client, filter) => {
      const isGranted = may(client, (credential) => maySubscribe(credential, filter));
      if (!isGranted) counts.subscribeDenied += 1;
      return isGranted;
    },
    mayReceive: (client, topic) => may(client, (credential) => mayReceive(credential, topic)),
    setCredentials: (next) => {
      credentials = next;
      review();
    },
    [Symbol.dispose]: () => {
      clearInterval(reviewing);
      logins[Symbol.dispose]();
    },
  };
}

/** Only kvarter itself publishes there. */
function isReserved(topic: string): boolean {
  return topic.startsWith('$SYS/') || isOwnTopic(topic);
}

const returnCodes = { wrong: 4, unknown: 5, early: 3 } as const;

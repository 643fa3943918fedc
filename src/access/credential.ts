import { filterCovers, filterMatches } from '../domain/topic-filter.ts';

/**
 * `device`: speaks for itself. `gateway`: carries the readings of devices. `reader`: listens.
 */
export const credentialKinds = ['device', 'gateway', 'reader'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/** Who may connect, and what they may do. Plain data, so that it can go to another thread. */
export type Credential = {
  /** The user name, the common name of a client certificate; of a device, its id. */
  readonly name: string;
  readonly kind: CredentialKind;
  /** Of the password; absent: only a client certificate opens. */
  readonly hash?: string;
  /** Of the password before, which holds until then. */
  readonly old?: { readonly hash: string; readonly untilMs: number };
  /** Topic filters to publish within. */
  readonly publish: readonly string[];
  /** Topic filters to subscribe within. */
  readonly subscribe: readonly string[];
  /** Whose readings its packets may hold: ids, or how they begin with `*` behind it. */
  readonly devices: readonly string[];
};

export type Credentials = ReadonlyMap<string, Credential>;

/** The hashes that open now: of the password, and of the one before while it holds. */
export function validHashes({ hash, old }: Credential, nowMs: number): readonly string[] {
  return [...(hash === undefined ? [] : [hash]), ...(old && nowMs < old.untilMs ? [old.hash] : [])];
}

export function mayPublish({ publish }: Credential, topic: string): boolean {
  return publish.some((filter) => filterMatches(filter, topic));
}

export function maySubscribe({ subscribe }: Credential, filter: string): boolean {
  return subscribe.some((given) => filterCovers(given, filter));
}

/** What a filter that was granted is worth after the rights have changed. */
export function mayReceive({ subscribe }: Credential, topic: string): boolean {
  return subscribe.some((filter) => filterMatches(filter, topic));
}

/**
 * May a packet of the sender hold readings of the device? Asked when a packet is decoded, so by the rights as they are
 * then. Of a sender that is no longer known, what it says of itself still counts: it was let in when it said so.
 */
export function maySpeakFor(credentials: Credentials, sender: string, device: string): boolean {
  const credential = credentials.get(sender);
  if (credential === undefined) return device === sender;
  return credential.devices.some((pattern) =>
    pattern.endsWith('*') ? device.startsWith(pattern.slice(0, -1)) : device === pattern,
  );
}

import type { Credential, CredentialKind, Credentials } from '../../src/access/credential.ts';
import { hashPassword } from '../../src/access/password-hash.ts';

export type CredentialSeed = {
  readonly kind?: CredentialKind;
  readonly password?: string;
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  readonly devices?: readonly string[];
};

/** Credentials by name; a password is the name behind `pw-`, unless said otherwise. */
export async function credentialsOf(seeds: Readonly<Record<string, CredentialSeed>>): Promise<Credentials> {
  const all = await Promise.all(
    Object.entries(seeds).map(async ([name, seed]): Promise<Credential> => {
      const { kind = 'device', password = `pw-${name}`, publish = [], subscribe = [] } = seed;
      return {
        name,
        kind,
        hash: await hashPassword(password, { isRandom: true }),
        publish: kind === 'device' ? [`kvarter/${name}/#`, ...publish] : publish,
        subscribe,
        devices: kind === 'device' ? [name] : (seed.devices ?? []),
      };
    }),
  );
  return new Map(all.map((credential) => [credential.name, credential]));
}

/** The same as a file. */
export function credentialsCsv(credentials: Credentials): string {
  const rows = [...credentials.values()].map(({ name, kind, hash = '', publish, subscribe, devices }) => [
    name,
    kind,
    `"${hash}"`,
    publish.join(' '),
    subscribe.join(' '),
    kind === 'device' ? '' : devices.join(' '),
  ]);
  return ['name,kind,hash,publish,subscribe,devices', ...rows.map((row) => row.join(','))]
    .map((line) => `${line}\n`)
    .join('');
}

/** What MQTT.js needs to log in as a name of {@link credentialsOf}. */
export function loginOf(username: string, password = `pw-${username}`) {
  return { username, password, reconnectPeriod: 0 };
}

import type { Credentials } from '../access/credential.ts';
import { loadConfig, type Places } from '../config/config.ts';
import { loadSurroundings } from './surroundings.ts';

/** What in the credentials does not fit the register: right as such, but hardly what was meant. */
export function credentialWarnings(credentials: Credentials, places: Places): readonly string[] {
  const { config } = loadConfig(places);
  const { register } = loadSurroundings(config);
  return unknownDevices(credentials, [...register.devices.keys()]);
}

/** Devices that credentials name and the register does not. */
export function unknownDevices(credentials: Credentials, devices: readonly string[]): readonly string[] {
  const known = new Set(devices);
  const isKnown = (pattern: string) =>
    pattern.endsWith('*')
      ? devices.some((device) => device.startsWith(pattern.slice(0, -1)))
      : known.has(pattern);
  return [...credentials.values()].flatMap(({ name, kind, devices: patterns }) =>
    patterns
      .filter((pattern) => !isKnown(pattern))
      .map((pattern) =>
        kind === 'device'
          ? `${name} is no device of the register: what it sends is rejected as unknown-device`
          : `${name} speaks for ${pattern}, and the register has no such device`,
      ),
  );
}

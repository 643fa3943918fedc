import { hostname } from 'node:os';
import type { Config } from './config.ts';

/**
 * The address of the page of alerts, `{id}` being one's id: as `alerts.link` says it, else below `http.publicUrl`, else where the API listens
 * on this machine. Undefined for a port that is not known beforehand.
 */
export function alertLinkOf({ alerts, http }: Pick<Config, 'alerts' | 'http'>): string | undefined {
  if (alerts.link !== undefined) return alerts.link;
  const base = http.publicUrl ?? ownAddress(http);
  return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/alerts/{id}`;
}

function ownAddress({ host, port }: Pick<Config['http'], 'host' | 'port'>): string | undefined {
  if (port === 0) return undefined;
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? hostname() : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

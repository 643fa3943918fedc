import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { RequestProblem } from './problem.ts';

const ONLY_READS = ['GET', 'HEAD', 'OPTIONS'];
/** Names that nobody outside can make lead here. */
const INSIDE = /^[^.]+$|\.(localhost|local|lan|internal|home\.arpa)$/i;

/**
 * Nobody is asked who they are, so a page of another site must not act through the browser of who reads it. Programs say
 * no origin and are let through; reading is free to all that reach this.
 */
export function refuseOtherSites(server: FastifyInstance, publicUrl: string | undefined): void {
  server.addHook('onRequest', async ({ method, headers }) => {
    if (ONLY_READS.includes(method) || isFromOwnSite(headers, publicUrl)) return;
    throw new RequestProblem(
      403,
      'This was sent by a page of another site. If it is your own, say in http.publicUrl how people reach kvarter.',
    );
  });
}

/**
 * Whether a request was sent by a program, or by a page of this service. A browser that knows says so itself
 * (`Sec-Fetch-Site`, over TLS and on this machine). Else the page's origin is the public one, or the host that was asked
 * for; but that not by a name that anybody may give this address (DNS rebinding).
 */
export function isFromOwnSite(
  { 'sec-fetch-site': site, origin, host }: IncomingHttpHeaders,
  publicUrl: string | undefined,
): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (publicUrl !== undefined && page.origin === new URL(publicUrl).origin) return true;
  return page.host === host?.toLowerCase() && isOwnName(page.hostname);
}

function isOwnName(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || INSIDE.test(name) || name === hostname().toLowerCase();
}

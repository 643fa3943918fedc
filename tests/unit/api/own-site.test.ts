import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isFromOwnSite } from '../../../src/api/own-site.ts';

const PUBLIC = 'https://kvarter.example.se/drift/';

describe('a request that changes something', () => {
  it.each([
    ['a program, which says no origin', {}],
    ['a page of this service', { 'sec-fetch-site': 'same-origin' }],
    ['what a person opens by hand', { 'sec-fetch-site': 'none' }],
    ['a page on this machine', { origin: 'http://localhost:8080', host: 'localhost:8080' }],
    ['a page at an address', { origin: 'http://192.0.2.7:8080', host: '192.0.2.7:8080' }],
    ['a page at an IPv6 address', { origin: 'http://[::1]:8080', host: '[::1]:8080' }],
    ['a page at a name of the house', { origin: 'http://kvarter:8080', host: 'Kvarter:8080' }],
    ['a page at a name of the network', { origin: 'http://kvarter.lan', host: 'kvarter.lan' }],
    ['a page at the machine’s name', { origin: `http://${hostname()}`, host: hostname() }],
    [
      'a page behind a proxy that asks by another host',
      { origin: 'https://kvarter.example.se', host: '127.0.0.1:8080' },
    ],
  ])('is taken from %s', (_who, headers) => {
    expect(isFromOwnSite(headers, PUBLIC)).toBe(true);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', host: '127.0.0.1:8080' }],
    ['a neighbour of the same domain', { 'sec-fetch-site': 'same-site' }],
    ['an old browser on another site', { origin: 'https://evil.example', host: 'kvarter.example.se' }],
    ['another port', { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:8080' }],
    ['a page that hides its origin', { origin: 'null', host: '127.0.0.1:8080' }],
    ['what is no origin', { origin: '', host: '' }],
    ['a foreign name for this address', { origin: 'http://evil.example:8080', host: 'evil.example:8080' }],
    ['the public name without TLS', { origin: 'http://kvarter.example.se', host: 'kvarter.example.se' }],
    ['a name that begins alike', { origin: 'https://kvarter.example.se.evil.example', host: '127.0.0.1' }],
  ])('is refused from %s', (_who, headers) => {
    expect(isFromOwnSite(headers, PUBLIC)).toBe(false);
  });
});

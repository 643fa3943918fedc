import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { addressGroup } from '../../../src/access/address-group.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { Admission } from '../../../src/mqtt/bounds/admission.ts';
import { BoundTally, boundsFrom, defaultBounds } from '../../../src/mqtt/bounds/bounds.ts';
import { Takeovers } from '../../../src/mqtt/bounds/takeovers.ts';
import { TokenBucket } from '../../../src/mqtt/bounds/token-bucket.ts';

describe('a token bucket', () => {
  it('gives its burst at once, and its rate from then on', () => {
    const bucket = new TokenBucket(10, 20, 0);
    expect(bucket.tokens).toBe(20);
    bucket.tokens -= 20;
    bucket.refill(50);
    expect(bucket.tokens).toBe(0.5);
    expect(bucket.waitMs(1)).toBe(50);
    bucket.refill(100_000);
    expect(bucket.tokens).toBe(20);
  });

  it('is paid back what was taken too much', () => {
    const bucket = new TokenBucket(1000, 1000, 0);
    bucket.tokens -= 3000;
    expect(bucket.waitMs(0)).toBe(2000);
    bucket.refill(2000);
    expect(bucket.tokens).toBe(0);
  });

  it('of rate 0 never ends', () => {
    const bucket = new TokenBucket(0, 0, 0);
    bucket.tokens -= 1e12;
    bucket.refill(1);
    expect(bucket.waitMs(1e9)).toBe(0);
  });

  it('bears a clock that stands still or steps back', () => {
    const bucket = new TokenBucket(10, 10, 1000);
    bucket.tokens = 0;
    bucket.refill(500);
    bucket.refill(500);
    expect(bucket.tokens).toBe(0);
  });
});

describe('the address that connections are counted by', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '::1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    [undefined, 'unknown'],
  ])('of %s is %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});

const stream = () => new Duplex({ read: () => undefined });
const closing = (given: Duplex) => new Promise<void>((resolve) => given.once('close', () => resolve()));

describe('admission', () => {
  function admission(limits: { maxConnections?: number; perAddress?: number; connecting?: number }) {
    const hits: string[] = [];
    const admitted = new Admission(
      {
        maxConnections: limits.maxConnections ?? 100,
        maxConnectionsPerAddress: limits.perAddress ?? 100,
        maxConnecting: limits.connecting ?? 100,
      },
      (bound, _stream, address) => hits.push(`${bound} ${address}`),
    );
    return { admitted, hits };
  }

  it('refuses what is more than its connections, until one closes', async () => {
    const { admitted, hits } = admission({ maxConnections: 1 });
    const first = stream();
    expect(admitted.admit(first, 'a')).toBe(true);
    const refused = stream();
    expect(admitted.admit(refused, 'b')).toBe(false);
    expect(refused.destroyed).toBe(true);
    expect(hits).toEqual(['maxConnections b']);
    first.destroy();
    await closing(first);
    expect(admitted.admit(stream(), 'b')).toBe(true);
  });

  it('refuses one address without harm to another', async () => {
    const { admitted, hits } = admission({ perAddress: 2 });
    const [first, second] = [stream(), stream()];
    admitted.admit(first, '192.0.2.1');
    admitted.admit(second, '::ffff:192.0.2.1');
    expect(admitted.admit(stream(), '192.0.2.1')).toBe(false);
    expect(admitted.admit(stream(), '192.0.2.2')).toBe(true);
    expect(hits).toEqual(['maxConnectionsPerAddress 192.0.2.1']);
    expect(admitted.inUse()).toEqual({ maxConnections: 3, maxConnectionsPerAddress: 2, maxConnecting: 3 });
    second.destroy();
    await closing(second);
    expect(admitted.admit(stream(), '192.0.2.1')).toBe(true);
  });

  it('closes the longest waiting for a newcomer, and no client', () => {
    const { admitted, hits } = admission({ connecting: 2 });
    const [client, waiting, later, newcomer] = [stream(), stream(), stream(), stream()];
    admitted.admit(client, 'c');
    admitted.identified(client, 'client');
    expect([admitted.clientOf(client), admitted.addressOf(client)]).toEqual(['client', 'c']);
    admitted.admit(waiting, 'w');
    admitted.admit(later, 'l');
    expect(admitted.admit(newcomer, 'n')).toBe(true);
    expect([client, waiting, later, newcomer].map(({ destroyed }) => destroyed)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(hits).toEqual(['maxConnecting w']);
  });
});

describe('take-overs', () => {
  it('of one id are so many a minute; another id has its own', () => {
    const takeovers = new Takeovers(2);
    expect([0, 1, 2].map((ms) => takeovers.mayTakeOver('twin', ms))).toEqual([true, true, false]);
    expect(takeovers.mayTakeOver('other', 2)).toBe(true);
    expect(takeovers.inUse(2)).toBe(2);
    expect(takeovers.mayTakeOver('twin', 30_003)).toBe(true);
  });
});

describe('the tally of bounds', () => {
  it('tells the first hit at once, sums up the rest, and names some of who did it', () => {
    const tally = new BoundTally({ maxSubscriptions: 5 });
    tally.hit('maxSubscriptions', { client: 'a', address: '192.0.2.1' });
    const first = { bound: 'maxSubscriptions', limit: 5, hits: 1 };
    expect(tally.due(0)).toEqual([{ ...first, culprits: [{ client: 'a', address: '192.0.2.1' }] }]);
    for (let n = 0; n < 20; n++) tally.hit('maxSubscriptions', { client: `c${n % 10}` });
    expect(tally.due(9999)).toEqual([]);
    const culprits = [0, 1, 2, 3, 4].map((n) => ({ client: `c${n}` }));
    expect(tally.due(10_000)).toEqual([{ ...first, hits: 20, culprits }]);
    expect(tally.due(30_000)).toEqual([]);
    expect(tally.states({ maxSubscriptions: 3 })).toEqual([
      { bound: 'maxSubscriptions', limit: 5, hits: 21, inUse: 3 },
    ]);
  });
});

describe("the bounds' defaults", () => {
  it('are those of the settings', () => {
    const { mqtt } = configSchema.parse({});
    expect(boundsFrom(mqtt)).toEqual(defaultBounds);
    expect(mqtt).toMatchObject(defaultBounds);
  });
});

import { expect } from 'vitest';
import type { openTestBroker } from '../../support/broker.ts';
import { connack, dial } from '../../support/mqtt-wire.ts';
import { connect, packet, text } from '../../unit/mqtt/guard-bytes.ts';
import { answered, breaches, connectBreaches } from '../../unit/mqtt/guard-cases.ts';

type Bed = Awaited<ReturnType<typeof openTestBroker>>;

/** Shows that the broker keeps a clause; each on a broker of its own. */
export type Shown = (broker: Bed) => Promise<void>;

/**
 * A normative statement of MQTT 3.1.1: its number in the specification's appendix B without `MQTT-`, what it asks, and
 * how that is shown, or why it cannot be.
 */
export type Clause = readonly [number: string, asks: string, shown: Shown | { readonly not: string }];

/** A server cannot break it. */
export const bindsClient = { not: 'binds the client' } as const;

/** Every packet of the guard's table that breaks one of these clauses is refused. */
export function refused(...clauses: readonly string[]): Shown {
  const has = ([, clause]: readonly [string, string, ...unknown[]]) => clauses.includes(clause);
  return async ({ port }) => {
    const [first, said, later] = [connectBreaches.filter(has), answered.filter(has), breaches.filter(has)];
    expect(first.length + said.length + later.length).toBeGreaterThan(0);
    for (const [, , bytes] of first) {
      using peer = dial(port);
      peer.send(bytes);
      await peer.isClosed();
    }
    for (const [, , bytes, returnCode] of said) {
      using peer = dial(port);
      peer.send(bytes);
      await peer.hears(connack(returnCode));
      await peer.isClosed();
    }
    for (const [, , bytes] of later) {
      using peer = dial(port);
      peer.send(connect([text('refused')]));
      await peer.hears(connack());
      peer.send(bytes, packet(0xc0));
      await peer.isClosed();
    }
  };
}

export function both(...all: readonly Shown[]): Shown {
  return async (broker) => {
    for (const shown of all) await shown(broker);
  };
}

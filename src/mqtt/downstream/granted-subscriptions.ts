import type { Aedes, Client, Subscription } from 'aedes';

/** The part of an aedes persistence that keeps what a session is subscribed to. */
type Subscriptions = {
  addSubscriptions: (client: Client, subscriptions: readonly Subscription[]) => Promise<void>;
};

/**
 * Puts right that aedes 1.2 keeps all filters of a SUBSCRIBE in the stored session as soon as one of them is granted:
 * those that were refused would be queued for while the client is away, and kept without bound.
 */
export function keepGrantedOnly(
  aedes: Aedes,
  isGranted: (client: Client, subscription: Subscription) => boolean,
): void {
  const kept = 'persistence' in aedes ? aedes.persistence : undefined;
  if (!areSubscriptions(kept)) {
    throw new Error('aedes has changed its persistence: see src/mqtt/downstream/granted-subscriptions.ts');
  }
  const { addSubscriptions } = kept;
  // Called for each filter that is granted, and the last of them sees all.
  kept.addSubscriptions = (client, subscriptions) =>
    addSubscriptions.call(
      kept,
      client,
      subscriptions.filter((each) => isGranted(client, each)),
    );
}

function areSubscriptions(value: unknown): value is Subscriptions {
  return (
    typeof value === 'object' &&
    value !== null &&
    'addSubscriptions' in value &&
    typeof value.addSubscriptions === 'function'
  );
}

import type { Aedes, PublishPacket } from 'aedes';

type Done = (error?: Error) => void;

/**
 * Lets aedes hand on one message at a time, in the order in which they were published [MQTT-4.6.0-6]. By itself it
 * overtakes: a retained message, or one of a higher QoS, takes more steps on its way to the subscribers than the one
 * behind it. None of the steps waits for a subscriber (`Delivery`), so the queue is as long as what was published at once.
 */
export function publishInOrder(aedes: Aedes): void {
  const { publish } = aedes;
  const waiting: { readonly packet: PublishPacket; readonly client: unknown; readonly done: Done }[] = [];
  let next = 0;
  let isBusy = false;
  let isDraining = false;
  const drain = () => {
    if (isDraining) return;
    isDraining = true;
    // A loop, not recursion: what takes no time at all is done before publish() comes back.
    for (let first = waiting[next]; first && !isBusy; first = waiting[next]) {
      next += 1;
      isBusy = true;
      const { packet, client, done } = first;
      const onDone: Done = (error) => {
        isBusy = false;
        done(error);
        drain();
      };
      Reflect.apply(publish, aedes, [packet, client, onDone]);
    }
    if (next === waiting.length) {
      waiting.length = 0;
      next = 0;
    }
    isDraining = false;
  };
  // Between the packet and the callback aedes itself names the client, which its types leave out.
  aedes.publish = (packet: PublishPacket, ...rest: readonly unknown[]) => {
    const done = rest.find(isDone) ?? noop;
    waiting.push({ packet, client: rest.length > 1 ? rest[0] : null, done });
    drain();
  };
}

function isDone(value: unknown): value is Done {
  return typeof value === 'function';
}

function noop(): void {}

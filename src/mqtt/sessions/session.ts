import type { HandOut } from './hand-out.ts';
import { SessionQueue } from './session-queue.ts';

/** A session that outlives its connections [MQTT-3.1.2-4]. */
export type Session = {
  readonly client: string;
  /** undefined while it is connected. */
  awaySinceMs: number | undefined;
  readonly queue: SessionQueue;
  /** Until the connection has caught up with the queue. */
  behind: HandOut | undefined;
};

export function newSession(client: string): Session {
  return { client, awaySinceMs: undefined, queue: new SessionQueue(), behind: undefined };
}

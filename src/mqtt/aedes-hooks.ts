import type { AedesOptions, AuthenticateError, Client } from 'aedes';
import type { PacketRecord } from '../journal/journal.ts';
import type { BrokerWatch } from './bounds/broker-bounds.ts';
import type { KeepAlive } from './bounds/keep-alive.ts';
import type { Connection } from './connections.ts';
import type { Downstream } from './downstream/downstream.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import { type Keeping, SESSION_MARK } from './sessions/keeping.ts';

export type HookOptions = {
  readonly bounds: BrokerWatch;
  readonly gatekeeper: Gatekeeper;
  readonly keeping: Keeping;
  readonly downstream: Downstream;
  readonly keepAlive: KeepAlive;
  readonly connectionOf: (client: Client) => Connection | undefined;
  /** Is there a client of this id? */
  readonly isConnected: (id: string) => boolean;
  readonly recordOf: (client: Client, topic: string, payload: Buffer) => PacketRecord;
  readonly onProblem: (problem: { client: string | undefined; message: string }) => void;
};

type Hooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizeSubscribe' | 'authorizeForward' | 'authorizePublish'
  >
>;

/**
 * Where aedes asks: who is it, may it publish and subscribe here. `authorizePublish` is the one step that it awaits before
 * it sends PUBACK or PUBREC, so there a publish is journaled that did not go by the lane.
 */
export function aedesHooks(options: HookOptions): Hooks {
  const { bounds, gatekeeper, keeping, downstream, keepAlive, connectionOf, onProblem } = options;
  const willTopics = new WeakMap<Client, string>();
  return {
    // Before aedes would start a timer of its own, which hears nothing of the publish lane.
    preConnect: (client, packet, done) => {
      keepAlive.watch(client.conn, packet.keepalive ?? 0);
      packet.keepalive = 0;
      if (packet.will) willTopics.set(client, packet.will.topic);
      done(null, true);
    },
    authenticate: (client, username, password, done) => {
      // It has said who it is; finding out whether that is true may take a while.
      bounds.admission.identified(client.conn, client.id);
      const peer = connectionOf(client)?.peer ?? { address: undefined };
      gatekeeper.admit({ client, peer, username, password, willTopic: willTopics.get(client) }).then(
        (answer) => {
          if (!answer.ok) return done(refusal(answer.detail, answer.returnCode), false);
          const refused = bounds.refuseTakeover(client, options.isConnected(client.id));
          if (refused) done(refused, false);
          else done(null, true);
        },
        (cause: unknown) => done(refusal(String(cause), 3), false),
      );
    },
    // A filter that is refused is answered with 0x80 [MQTT-3.9.3-2].
    authorizeSubscribe: (client, subscription, done) => {
      if (subscription.topic === SESSION_MARK) done(null, null);
      else if (gatekeeper.maySubscribe(client, subscription.topic)) {
        bounds.subscriptions.grant(client, subscription, (error, granted) =>
          done(error, granted && downstream.grant(client, granted)),
        );
      } else done(null, null);
    },
    // Once more: rights change, and aedes keeps the filters that were refused in the stored session.
    authorizeForward: (client, packet) => (gatekeeper.mayReceive(client, packet.topic) ? packet : null),
    // Replaces aedes's own check, so the guard of $SYS is put back here.
    authorizePublish: (client, packet, authorised) => {
      if (client === null) return authorised();
      const lane = connectionOf(client)?.lane;
      const passed = lane?.pass(packet.topic.length + packet.payload.length);
      const done = (error?: Error) => {
        authorised(error);
        // Behind the PUBACK, which is written at once.
        passed?.();
      };
      // Says something of the client's connection, not of the subscribers' [MQTT-3.3.1-3].
      packet.dup = false;
      const problem = gatekeeper.publishProblem(client, packet.topic);
      if (problem !== undefined) return done(new Error(problem));
      const { topic, payload } = packet;
      const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
      // aedes dispatches a socket's packets concurrently: this takes its place in line before it waits.
      keeping.take(client, packet, options.recordOf(client, topic, bytes), lane?.settled()).then(
        () => done(),
        (cause: unknown) => {
          const message = cause instanceof Error ? cause.message : String(cause);
          onProblem({ client: client.id, message });
          // Without an acknowledgement the client keeps the packet and sends it again when it reconnects.
          done(new Error(message));
        },
      );
    },
  };
}

function refusal(message: string, returnCode: 3 | 4 | 5): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}

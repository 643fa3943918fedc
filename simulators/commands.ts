import { z } from 'zod';
import { issueText } from '../src/domain/plain-message.ts';
import { parseIsoTime } from '../src/domain/time.ts';
import { type Broker, type LineProblem, type OpenLine, openLine } from './mqtt-line.ts';
import type { World } from './world/world.ts';

export const COMMANDS = 'kvarter/commands/+/+';

/** What is published on `kvarter/commands/{building}/{load}`. Other fields are left alone. */
const commandSchema = z.object({
  off: z.boolean().optional(),
  /** The most that it may draw, kW. */
  limitKw: z.number().optional(),
  /** Of a battery: what the main meter is to show, and else its own power, positive while it charges, kW. */
  gridKw: z.number().optional(),
  powerKw: z.number().optional(),
  /** Said again in the answer, which then is of this command and of no other. */
  id: z.string().optional(),
  until: z.string().refine((text) => parseIsoTime(text) !== undefined, {
    error: 'must be ISO 8601 with offset',
  }),
});

/** What a load says to a command: `accepted`, and why not. */
export type Acknowledgement = { readonly accepted: boolean; readonly reason?: string; readonly id?: string };

/** A command as it comes over MQTT, carried out; what cannot be read is refused with a reason. */
export function obey(world: Pick<World, 'command'>, topic: string, payload: string): Acknowledgement {
  const [, , building = '', load = ''] = topic.split('/');
  const parsed = commandSchema.safeParse(jsonOf(payload));
  if (!parsed.success) {
    return { accepted: false, reason: parsed.error.issues.slice(0, 1).map(issueText).join() };
  }
  const { off, limitKw, gridKw, powerKw, until, id } = parsed.data;
  const answer = world.command({
    building,
    load,
    untilMs: parseIsoTime(until) ?? 0,
    ...(off === undefined ? {} : { off }),
    ...(limitKw === undefined ? {} : { limitKw }),
    ...(gridKw === undefined ? {} : { gridKw }),
    ...(powerKw === undefined ? {} : { powerKw }),
  });
  const { accepted } = answer;
  return {
    accepted,
    ...(answer.accepted ? {} : { reason: answer.reason }),
    ...(id === undefined ? {} : { id }),
  };
}

/**
 * Loads that listen: a connection of their own that takes commands and says on `kvarter/acks/{building}/{load}` what each
 * load answers.
 */
export function obeyCommands({
  broker,
  world,
  onProblem,
  onCommand,
}: {
  readonly broker: Broker;
  readonly world: Pick<World, 'command'>;
  readonly onProblem: (problem: LineProblem) => void;
  readonly onCommand?: (says: string) => void;
}): Pick<OpenLine, 'close'> {
  const line: OpenLine = openLine({
    broker,
    onProblem,
    onConnected: (client) => {
      client.subscribe(COMMANDS, { qos: 1 }, (error) => {
        if (error) onProblem({ message: `${COMMANDS}: ${error.message}`, isRefused: false });
      });
      client.removeAllListeners('message');
      client.on('message', (topic, payload) => {
        const answer = obey(world, topic, payload.toString());
        const said = JSON.stringify(answer);
        onCommand?.(`${topic.slice('kvarter/commands/'.length)} ${payload.toString()}: ${said}`);
        void line.deliver({
          topic: topic.replace('/commands/', '/acks/'),
          payload: Buffer.from(said),
        });
      });
    },
  });
  return line;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

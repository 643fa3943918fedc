import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Checked, checkReadings, type LoadDevices } from '../../simulators/load-devices.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import { ask } from './asking.ts';
import type { CommandArguments, CommandContext } from './command.ts';
import { numberOption } from './options.ts';
import { createProgress } from './progress.ts';
import { createServiceClient, type ServiceClient, serviceUrl } from './service-client.ts';

/** What was published: message m is the (m div devices)-th of device m mod devices. */
export type SentLoad = {
  readonly fleet: LoadDevices;
  readonly devices: number;
  readonly messages: number;
  readonly isAcknowledged: Uint8Array;
  readonly timeOf: (message: number) => number;
};

const AT_ONCE = 8;
const AGAIN_MS = 500;

const answerSchema = z.object({
  readings: z.array(z.object({ at: z.string(), value: z.number() })),
  next: z.string().optional(),
});

/** Asks the service for the readings of each device and counts what is not as it was sent; 0 when all is. */
export async function checkLoad(
  context: CommandContext,
  args: CommandArguments,
  sent: SentLoad,
): Promise<number> {
  const patienceMs = (numberOption(args, 'patience', { min: 0, max: 1e6 }) ?? 30) * 1000;
  const client = createServiceClient({
    url: serviceUrl(context, args),
    patienceMs,
    stop: context.stop,
    onRetry: () => undefined,
  });
  const checked = new Map<number, Checked>();
  const spoke = Math.min(sent.devices, sent.messages);
  const progress = createProgress(context, args.values.json === true, () => ({
    share: checked.size / Math.max(spoke, 1),
    says: `${checked.size} of ${spoke} devices checked`,
    json: { checked: checked.size, devices: spoke },
  }));
  const check = async (devices: readonly number[]): Promise<void> => {
    const waiting = [...devices];
    const worker = async () => {
      for (
        let device = waiting.pop();
        device !== undefined && !context.stop.aborted;
        device = waiting.pop()
      ) {
        checked.set(device, await checkDevice(client, sent, device));
        progress('more');
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };

  await check(Array.from({ length: spoke }, (_, device) => device));
  // What is acknowledged is durable, and stored a little later.
  const untilMs = context.clock() + patienceMs;
  const missing = () => [...checked].filter(([, { lost }]) => lost > 0).map(([device]) => device);
  while (missing().length > 0 && context.clock() < untilMs && !context.stop.aborted) {
    await sleep(AGAIN_MS, undefined, { signal: context.stop }).catch(() => undefined);
    await check(missing());
  }
  progress('end');
  const sum = (of: keyof Checked) => [...checked.values()].reduce((all, one) => all + one[of], 0);
  const acknowledged = sent.isAcknowledged.reduce((all, one) => all + one, 0);
  const total = {
    sent: sent.messages,
    acknowledged,
    lost: sum('lost'),
    duplicate: sum('duplicate'),
    wrong: sum('wrong'),
  };
  if (args.values.json) context.print(`${JSON.stringify(total)}\n`);
  else {
    context.print(
      `${total.sent} sent, ${acknowledged} acknowledged: ${total.lost} lost, ${total.duplicate} duplicate, ${total.wrong} wrong\n`,
    );
  }
  return total.lost + total.duplicate + total.wrong > 0 ? 1 : 0;
}

async function checkDevice(client: ServiceClient, sent: SentLoad, device: number): Promise<Checked> {
  const { fleet, devices, messages, isAcknowledged, timeOf } = sent;
  const expected = new Map<number, { value: number; isAcknowledged: boolean }>();
  for (let message = device; message < messages; message += devices) {
    const sequence = Math.floor(message / devices);
    expected.set(timeOf(message), {
      value: fleet.numberOf(device, sequence),
      isAcknowledged: isAcknowledged[message] === 1,
    });
  }
  const found: { atMs: number; value: number }[] = [];
  const times = [...expected.keys()];
  const query = new URLSearchParams({
    device: fleet.nameOf(device),
    quantity: fleet.quantity,
    from: isoTime(times[0] ?? 0),
    to: isoTime((times.at(-1) ?? 0) + 1000),
    limit: '10000',
    ...(fleet.channel === undefined ? {} : { channel: fleet.channel }),
  });
  for (let next: string | undefined = ''; next !== undefined; ) {
    if (next !== '') query.set('next', next);
    const answer: z.output<typeof answerSchema> = await ask(
      client,
      { path: `/api/v1/readings?${query}` },
      answerSchema,
    );
    for (const { at, value } of answer.readings) found.push({ atMs: parseIsoTime(at) ?? Number.NaN, value });
    next = answer.next;
  }
  return checkReadings(expected, found);
}

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

const AGAIN_MS = 500;
const PAGE = '10000';
/** So few devices are asked one by one; more of them with all that was sent. */
const FEW = 50;

type Found = { readonly atMs: number; readonly value: number };

const answerSchema = z.object({
  readings: z.array(z.object({ device: z.string(), at: z.string(), value: z.number() })),
  next: z.string().optional(),
});

/**
 * Asks the service for the readings of the time in which the load has spoken, and counts what is not as it was sent; 0 when
 * all is. Devices of the service that are not of the load are passed over.
 */
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
  const spoke = Math.min(sent.devices, sent.messages);
  const names = Array.from({ length: spoke }, (_, device) => sent.fleet.nameOf(device));
  const checked: Checked[] = [];
  let read = 0;
  const progress = createProgress(context, args.values.json === true, () => ({
    share: Math.min(read / Math.max(sent.messages, 1), 1),
    says: `${read} of ${sent.messages} readings read again`,
    json: { read, messages: sent.messages },
  }));
  const onRead = (readings: number) => {
    read += readings;
    progress('more');
  };
  const check = async (devices: readonly number[]): Promise<void> => {
    const found = new Map<string, Found[]>(devices.map((device) => [names[device] ?? '', []]));
    const asked = devices.length <= FEW ? [...found.keys()] : [undefined];
    for (const device of asked) {
      for await (const readings of pagesOf(client, sent, device, context.stop)) {
        for (const { device: name, at, value } of readings) {
          found.get(name)?.push({ atMs: parseIsoTime(at) ?? Number.NaN, value });
        }
        onRead(readings.length);
      }
    }
    for (const device of devices) {
      checked[device] = checkReadings(expectedOf(sent, device), found.get(names[device] ?? '') ?? []);
    }
  };

  await check(names.map((_, device) => device));
  // What is acknowledged is durable, and stored a little later.
  const untilMs = context.clock() + patienceMs;
  const missing = () => [...checked.keys()].filter((device) => (checked[device]?.lost ?? 0) > 0);
  while (missing().length > 0 && context.clock() < untilMs && !context.stop.aborted) {
    await sleep(AGAIN_MS, undefined, { signal: context.stop }).catch(() => undefined);
    read = 0;
    await check(missing());
  }
  progress('end');
  const sum = (of: keyof Checked) => checked.reduce((all, one) => all + one[of], 0);
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

/** What is stored of the time of a load, of one device or of all, page by page. */
async function* pagesOf(
  client: ServiceClient,
  { fleet, messages, timeOf }: SentLoad,
  device: string | undefined,
  stop: AbortSignal,
): AsyncIterable<z.output<typeof answerSchema>['readings']> {
  const query = new URLSearchParams({
    ...(device === undefined ? {} : { device }),
    quantity: fleet.quantity,
    from: isoTime(timeOf(0)),
    to: isoTime(timeOf(messages - 1) + 1000),
    limit: PAGE,
    ...(fleet.channel === undefined ? {} : { channel: fleet.channel }),
  });
  for (let next: string | undefined = ''; next !== undefined && !stop.aborted; ) {
    if (next !== '') query.set('next', next);
    const answer: z.output<typeof answerSchema> = await ask(
      client,
      { path: `/api/v1/readings?${query}` },
      answerSchema,
    );
    yield answer.readings;
    next = answer.next;
  }
}

function expectedOf({ fleet, devices, messages, isAcknowledged, timeOf }: SentLoad, device: number) {
  const expected = new Map<number, { value: number; isAcknowledged: boolean }>();
  for (let message = device; message < messages; message += devices) {
    const value = fleet.numberOf(device, Math.floor(message / devices));
    expected.set(timeOf(message), { value, isAcknowledged: isAcknowledged[message] === 1 });
  }
  return expected;
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findServer } from '../../support/servers.ts';
import type { Load, LoadResult } from './generator.ts';
import { cpuMs, peakMb } from './process-usage.ts';
import {
  bareAedes,
  kvarterOnDuckdb,
  kvarterOnInfluxdb,
  mosquitto,
  mosquittoTelegraf,
  type Stack,
} from './stacks.ts';

const CLIENTS = 50;
const IN_FLIGHT = 40;
const READINGS_PER_MESSAGE = 2;
/** Of each client: first to warm up, then counted. */
const WARM_UP = 4000;
const MESSAGES = 10_000;
const ROUNDS = 3;
const DAY_MS = 86_400_000;
const FROM_MS = Date.UTC(2026, 0, 1);

type Row = {
  readonly name: string;
  readonly acknowledged: number;
  readonly stored: number | undefined;
  readonly cpuUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMb: number;
  readonly upMs: number;
};

/**
 * Messages per second, acknowledged and stored, of whole stacks on the machine that also makes the load, in turn, so
 * that they meet the same weather. Prints the median of each figure as a Markdown table.
 */
export async function benchIngest(): Promise<void> {
  const influxd = findServer('influxd');
  const mosquittoProgram = findServer('mosquitto');
  const telegraf = findServer('telegraf');
  const stacks: Readonly<Record<string, (() => Promise<Stack>) | undefined>> = {
    'aedes, throws it away': bareAedes,
    'kvarter, DuckDB': () => kvarterOnDuckdb(CLIENTS),
    'kvarter, InfluxDB 1.8': influxd === undefined ? undefined : () => kvarterOnInfluxdb(CLIENTS, influxd),
    'Mosquitto, throws it away':
      mosquittoProgram === undefined ? undefined : () => mosquitto(mosquittoProgram),
    'Mosquitto, Telegraf, InfluxDB 1.8':
      mosquittoProgram === undefined || telegraf === undefined || influxd === undefined
        ? undefined
        : () => mosquittoTelegraf({ mosquitto: mosquittoProgram, telegraf, influxd }),
  };
  const rows: Row[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, open] of Object.entries(stacks)) {
      if (open) rows.push(await measure(name, open));
      else if (round === 0) console.log(`${name}: NOT MEASURED, the server is missing`);
    }
  }
  print(Map.groupBy(rows, ({ name }) => name));
}

async function measure(name: string, open: () => Promise<Stack>): Promise<Row> {
  await using stack = await open();
  await run(stack, { messages: WARM_UP, fromMs: FROM_MS });
  await untilStored(stack, CLIENTS * WARM_UP);
  const beforeMs = usedMs(stack);
  const messages = CLIENTS * MESSAGES;
  const { startedAtMs, seconds, p50Ms, p99Ms } = await run(stack, {
    messages: MESSAGES,
    fromMs: FROM_MS + 10 * DAY_MS,
  });
  await untilStored(stack, CLIENTS * WARM_UP + messages);
  const storedSeconds = (Date.now() - startedAtMs) / 1000;
  const row = {
    name,
    acknowledged: messages / seconds,
    stored: stack.stored && messages / storedSeconds,
    cpuUs: ((usedMs(stack) - beforeMs) * 1000) / messages,
    p50Ms,
    p99Ms,
    peakMb: stack.pids.reduce((sum, pid) => sum + peakMb(pid), 0),
    upMs: stack.upMs,
  };
  const counted = await stack.counted?.();
  const wanted = (CLIENTS * WARM_UP + messages) * READINGS_PER_MESSAGE;
  if (counted !== undefined && counted !== wanted) {
    throw new Error(`${name}: the store has ${counted} readings, ${wanted} were acknowledged`);
  }
  return row;
}

async function run(
  { port }: Stack,
  { messages, fromMs }: { readonly messages: number; readonly fromMs: number },
): Promise<LoadResult> {
  const load: Load = { port, clients: CLIENTS, inFlight: IN_FLIGHT, messages, fromMs };
  const generator = join(import.meta.dirname, 'generator.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(load)]);
  return JSON.parse(stdout);
}

async function untilStored({ stored }: Stack, messages: number): Promise<void> {
  while (stored && (await stored()) < messages * READINGS_PER_MESSAGE) await sleep(20);
}

function usedMs({ pids }: Stack): number {
  return pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
}

function print(stacks: ReadonlyMap<string, readonly Row[]>): void {
  console.log(
    `ingest: ${CLIENTS} clients × ${IN_FLIGHT} in flight, QoS 1, ${READINGS_PER_MESSAGE} readings a message, ` +
      `${CLIENTS * MESSAGES} messages after ${CLIENTS * WARM_UP} to warm up; median of ${ROUNDS} rounds in turn\n`,
  );
  console.log(
    '| stack | acknowledged msg/s | stored msg/s | of aedes | CPU, µs a message | PUBACK p50 / p99, ms | RSS at most, MB | up after, s |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const base = median([...stacks.values()][0] ?? [], 'acknowledged');
  for (const [name, rows] of stacks) {
    const isStoring = rows.some(({ stored }) => stored !== undefined);
    const rate = median(rows, isStoring ? 'stored' : 'acknowledged');
    const cells = [
      name,
      thousands(median(rows, 'acknowledged')),
      isStoring ? thousands(rate) : '–',
      (rate / base).toFixed(2),
      median(rows, 'cpuUs').toFixed(1),
      `${median(rows, 'p50Ms').toFixed(1)} / ${median(rows, 'p99Ms').toFixed(1)}`,
      median(rows, 'peakMb').toFixed(0),
      (median(rows, 'upMs') / 1000).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function median(rows: readonly Row[], figure: Exclude<keyof Row, 'name'>): number {
  const sorted = rows.map((row) => row[figure] ?? 0).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}

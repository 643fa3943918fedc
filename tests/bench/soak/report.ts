import { judgeMemory, type Life, type MemoryVerdict } from './memory.ts';
import type { Count } from './stores.ts';

/** What was seen in a run. */
export type Seen = {
  readonly store: string;
  readonly rate: number;
  readonly publishedSeconds: number;
  readonly caughtUpSeconds: number;
  readonly kills: number;
  readonly outages: readonly string[];
  /** By client. */
  readonly sent: readonly number[];
  readonly acknowledged: number;
  readonly resent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly exitCode: unknown;
  readonly counts: readonly Count[];
  readonly lives: readonly Life[];
};

export type SoakRun = Seen & {
  readonly lost: number;
  readonly twice: number;
  readonly memory: readonly MemoryVerdict[];
  readonly isGood: boolean;
};

const QUANTITIES = ['activePowerW', 'voltageV'];

/** Every message has two readings, at a time of its own: as many times as messages, and as many rows as times. */
export function judged(seen: Seen): SoakRun {
  const { sent, counts, acknowledged } = seen;
  let [lost, twice] = [sum(sent) - acknowledged, 0];
  for (const [client, messages] of sent.entries()) {
    for (const quantity of QUANTITIES) {
      const device = `d${String(client).padStart(3, '0')}`;
      const count = counts.find((one) => one.device === device && one.quantity === quantity);
      lost += messages - (count?.times ?? 0);
      twice += (count?.rows ?? 0) - (count?.times ?? 0);
    }
  }
  const memory = seen.lives.map(judgeMemory);
  const isGood = lost === 0 && twice === 0 && seen.exitCode === 0 && memory.every(({ isFlat }) => isFlat);
  return { ...seen, lost, twice, memory, isGood };
}

export function soakReport(
  runs: readonly SoakRun[],
  {
    date,
    machine,
    seed,
  }: { readonly date: string; readonly machine: string; readonly seed: string | undefined },
): string {
  const rows: readonly [string, (run: SoakRun) => string][] = [
    ['asked for, messages/s', ({ rate }) => whole(rate)],
    ['published for', ({ publishedSeconds }) => `${whole(publishedSeconds)} s`],
    ['acknowledged messages (of two readings)', ({ acknowledged }) => whole(acknowledged)],
    ['sent again', ({ resent }) => whole(resent)],
    ['kills (-9) of the service', ({ kills }) => String(kills)],
    [
      'outages of the store',
      ({ outages }) =>
        outages.length === 0 ? 'none' : `${outages.length}: ${[...new Set(outages)].join(', ')}`,
    ],
    ['PUBACK p50, p99', ({ p50Ms, p99Ms }) => `${p50Ms} ms, ${p99Ms} ms`],
    ['all stored after the last PUBACK', ({ caughtUpSeconds }) => `${whole(caughtUpSeconds)} s`],
    ['**lost**, stored twice', ({ lost, twice }) => `**${lost}**, ${twice}`],
    ['RSS at most', ({ memory }) => `${whole(Math.max(...memory.map(({ mostMb }) => mostMb)))} MB`],
    ['RSS of the last life, after warming up', ({ memory }) => memoryText(memory.at(-1))],
    ['SIGTERM at the end', ({ exitCode }) => `exit code ${exitCode}`],
    ['**verdict**', ({ isGood }) => (isGood ? '**good**' : '**NOT GOOD**')],
  ];
  return [
    `| ${date}, seed \`${seed}\` | ${runs.map(({ store }) => store).join(' | ')} |`,
    `| --- | ${runs.map(() => '---').join(' | ')} |`,
    ...rows.map(([title, cell]) => `| ${title} | ${runs.map(cell).join(' | ')} |`),
    '',
    machine,
  ].join('\n');
}

function memoryText(memory: MemoryVerdict | undefined): string {
  if (memory === undefined) return 'not seen';
  const { growthMb, lifeSeconds, meanMb, isFlat } = memory;
  if (growthMb === undefined) return `${whole(meanMb)} MB; ${lifeSeconds} s are too short to judge`;
  const sign = growthMb < 0 ? '' : '+';
  return `${sign}${growthMb.toFixed(1)} MB by the fitted line, in a life of ${lifeSeconds} s: ${isFlat ? 'flat' : 'NOT FLAT'}`;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const whole = (value: number) => Math.round(value).toLocaleString('en');

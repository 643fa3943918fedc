import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Part } from '../../src/rules/engine.ts';
import { type Alerting, type AlertingContext, openAlerting } from '../../src/workers/alerting.ts';
import { takeInTurns } from '../../src/workers/in-turns.ts';
import { openSnapshotFiles } from '../../src/workers/snapshot-files.ts';
import { openTempDir } from '../support/temp-dir.ts';

/**
 * For how long the event loop stands still, at the longest, while what the rules know is restored, written down, and handed to other
 * rules: nothing is acknowledged meanwhile.
 */
export async function measureStalls(context: AlertingContext, parts: Iterable<Part>): Promise<void> {
  await using dir = await openTempDir();
  let text: string | undefined;
  const openFiles = () => openSnapshotFiles({ dir: dir.path, text, synced: async () => undefined });
  const commit = (next: string) => {
    text = next;
  };
  await openFiles().keep(parts, commit);
  const files = openFiles();
  let alerting: Alerting | undefined;
  await stalled('restored', async () => {
    alerting = await openAlerting(context, files.kept(), ({ error }) => {
      throw error;
    });
  });
  const { snapshot, use } = alerting ?? {};
  if (snapshot === undefined || use === undefined) return;
  for (let n = 0; n < 5; n += 1) await stalled('written down', () => files.keep(snapshot(), commit));
  await stalled('handed over', () => takeInTurns(use({ ...context.rules })));
}

/** Also by the thread's own processor time, which a busy machine does not stretch. */
async function stalled(what: string, work: () => Promise<void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // The turn in which it is enabled is not counted.
  await wait(10);
  delay.enable();
  let [longestUs, lastUs] = [0, threadUs()];
  const turns = setInterval(() => {
    const nowUs = threadUs();
    longestUs = Math.max(longestUs, nowUs - lastUs);
    lastUs = nowUs;
  }, 1);
  const before = performance.now();
  await work();
  const ms = performance.now() - before;
  await wait(10);
  clearInterval(turns);
  delay.disable();
  console.log(
    `    ${what.padEnd(13)} in ${(ms / 1000).toFixed(1)} s; the event loop stands still for ${(delay.max / 1e6).toFixed(0)} ms at most, ` +
      `and works for ${(longestUs / 1000).toFixed(0)} ms without a pause`,
  );
}

function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

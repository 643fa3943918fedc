import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMb } from './ingest/process-usage.ts';
import { kvarterOnDuckdb } from './ingest/stacks.ts';

const CLIENTS = 10_000;

/** What ten thousand connected devices cost that say nothing: memory of the service, and how long they take to come. */
export async function benchIdle(): Promise<void> {
  await using stack = await kvarterOnDuckdb(1);
  const [pid = 0] = stack.pids;
  await sleep(1000);
  const beforeMb = residentMb(pid);
  const startedMs = performance.now();
  const clients = spawn(
    process.execPath,
    [join(import.meta.dirname, 'idle-clients.ts'), String(stack.port), String(CLIENTS)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(clients.stdout, 'data');
  const connectedMs = performance.now() - startedMs;
  await sleep(2000);
  const afterMb = residentMb(pid);
  clients.kill();
  console.log(
    `idle: ${CLIENTS} connected clients: ${beforeMb} MB before, ${afterMb} MB with them (${afterMb - beforeMb} MB more), ` +
      `connected in ${(connectedMs / 1000).toFixed(1)} s`,
  );
}

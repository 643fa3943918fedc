import { startFlags } from '../../support/kvarter.ts';
import { type ServiceProcess, startService } from '../../support/service-process.ts';
import { type Life, residentMb } from './memory.ts';

/** The service, killed and started again on the same data and ports. */
export type Lives = {
  readonly lives: readonly Life[];
  readonly kill: () => Promise<void>;
  readonly now: () => ServiceProcess;
  readonly memoryMb: () => number;
  /** SIGTERM; gives the exit code. */
  readonly end: () => Promise<unknown>;
} & AsyncDisposable;

const SAMPLE_MS = 1000;

export async function startLives(dir: string, environment: Record<string, string>): Promise<Lives> {
  const lives: Life[] = [];
  let service: ServiceProcess;
  const begin = async () => {
    service = await startService(dir, { NODE_OPTIONS: startFlags(), ...environment });
    lives.push({ samples: [] });
  };
  await begin();
  let startedMs = performance.now();
  const timer = setInterval(() => {
    const mb = residentMb(service.running.child.pid ?? 0);
    if (mb !== undefined) {
      lives.at(-1)?.samples.push({ second: Math.round((performance.now() - startedMs) / 1000), mb });
    }
  }, SAMPLE_MS);
  return {
    lives,
    kill: async () => {
      await service.running.end('SIGKILL');
      await begin();
      startedMs = performance.now();
    },
    now: () => service,
    memoryMb: () => Math.round(residentMb(service.running.child.pid ?? 0) ?? 0),
    end: () => {
      clearInterval(timer);
      return service.running.end('SIGTERM');
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await service[Symbol.asyncDispose]();
    },
  };
}

/** Runs tasks in the order they came, at most `atOnce` at a time. */
export type Turns = {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Resolves when everything that came so far has ended, well or not. */
  settled(): Promise<void>;
};

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  const idle: (() => void)[] = [];
  let running = 0;

  const leave = () => {
    const next = waiting.shift();
    if (next !== undefined) return next();
    running -= 1;
    if (running === 0) for (const wake of idle.splice(0)) wake();
  };

  return {
    async run(task) {
      if (running < atOnce) running += 1;
      else await new Promise<void>((go) => waiting.push(go));
      try {
        return await task();
      } finally {
        leave();
      }
    },
    async settled() {
      if (running > 0) await new Promise<void>((wake) => idle.push(wake));
    },
  };
}

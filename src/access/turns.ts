/** Lets so many work at once; the parties that wait take turns, however much one of them asks for. */
export interface Turns {
  /** Resolves when it is the party's turn; disposing hands it on. */
  take(party: string): Promise<AsyncDisposable>;
}

export function createTurns(atOnce: number): Turns {
  const waiting = new Map<string, (() => void)[]>();
  let running = 0;

  const begin = () => {
    if (running >= atOnce) return;
    const [next] = waiting;
    if (next === undefined) return;
    const [party, queue] = next;
    const start = queue.shift();
    // Behind the others again, if it wants more.
    waiting.delete(party);
    if (queue.length > 0) waiting.set(party, queue);
    running += 1;
    start?.();
  };

  return {
    take: (party) =>
      new Promise((resolve) => {
        const queue = waiting.get(party) ?? [];
        queue.push(() =>
          resolve({
            [Symbol.asyncDispose]: async () => {
              running -= 1;
              begin();
            },
          }),
        );
        waiting.set(party, queue);
        begin();
      }),
  };
}

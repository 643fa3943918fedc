import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work that takes long lets others have their turn so often: who publishes waits for no more than that. */
const TURN_MS = 25;

/** What the steps give, with turns of others between them. */
export async function* inTurns<T>(steps: AsyncIterable<T> | Iterable<T>): AsyncIterable<T> {
  let turnMs = performance.now();
  for await (const step of steps) {
    if (performance.now() - turnMs > TURN_MS) {
      await nextTurn();
      turnMs = performance.now();
    }
    yield step;
  }
}

/** Takes all steps, with turns of others between them. */
export async function takeInTurns(steps: Iterable<void>): Promise<void> {
  const turns = inTurns(steps)[Symbol.asyncIterator]();
  while (!(await turns.next()).done);
}

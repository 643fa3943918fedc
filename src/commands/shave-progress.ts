import type { ShaveProgress } from '../energy/storage/shave.ts';
import type { CommandContext } from './command.ts';
import { createProgress } from './progress.ts';

/** Of a simulation's time these shares go by before it (learning from the last weeks) and after it (perfect foresight). */
const LEARNING = 0.05;
const FORESIGHT = 0.05;
/** What is quicker than this ends without a word. */
const WORTH_TELLING_MS = 2000;

/** Shows how far `kvarter shave` is, on standard error: standard output carries the result. */
export function createShaveProgress(context: CommandContext, json: boolean, label: string) {
  const startMs = context.clock();
  let [share, says, steps] = [0, '', 0];
  const progress = createProgress({ ...context, print: context.complain }, json, () => ({
    share,
    says: `${label}${says}`,
    json: { steps },
  }));
  const isWorthTelling = (): boolean => context.clock() - startMs > WORTH_TELLING_MS;

  const tell = ({ doing, done, of }: ShaveProgress): void => {
    if (doing === 'learning') {
      [share, says] = [(LEARNING * done) / of, 'learning from the weeks before'];
      progress('more');
      return;
    }
    steps = done;
    share = LEARNING + ((1 - LEARNING - FORESIGHT) * done) / of;
    if (doing === 'simulating') {
      says = `${done} of ${of} steps simulated`;
      progress('more');
      return;
    }
    says = 'looking for the best plan of somebody who knows the future';
    // Nothing can be told while it goes on.
    if (isWorthTelling()) progress('now');
  };
  const end = (): void => {
    [share, says] = [1, `${steps} steps simulated`];
    if (isWorthTelling()) progress('end');
  };
  return { tell, end };
}

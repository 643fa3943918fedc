import type { CommandContext } from './command.ts';

const MOST_SAID = 1000;

/** Tells of rows that are skipped; of very many how many more there were. */
export function createSkippedRows({ complain }: Pick<CommandContext, 'complain'>, file: string) {
  let count = 0;
  return {
    tell: (line: number, says: string): void => {
      count += 1;
      if (count <= MOST_SAID) complain(`${file}:${line}: ${says}\n`);
    },
    end: (): void => {
      if (count > MOST_SAID) complain(`${file}: ${count - MOST_SAID} more rows skipped\n`);
    },
  };
}

import { expect, test } from 'vitest';
import type { CommandContext } from '../../../src/commands/command.ts';
import { createShaveProgress } from '../../../src/commands/shave-progress.ts';

function watched(secondsPerTell: number) {
  const lines: string[] = [];
  let nowMs = 0;
  const context = { clock: () => nowMs, complain: (text: string) => lines.push(text), terminal: undefined };
  const progress = createShaveProgress(context as unknown as CommandContext, false, '');
  const tell = (...[one]: Parameters<typeof progress.tell>) => {
    nowMs += secondsPerTell * 1000;
    progress.tell(one);
  };
  return { lines, tell, end: progress.end };
}

test('the share grows through learning, simulating and the look for the best plan, to 100 % at the end', () => {
  const { lines, tell, end } = watched(6);
  tell({ doing: 'learning', done: 50, of: 100 });
  tell({ doing: 'simulating', done: 1, of: 4 });
  tell({ doing: 'simulating', done: 4, of: 4 });
  tell({ doing: 'foresight', done: 4, of: 4 });
  end();
  expect(lines.map((line) => line.trim())).toEqual([
    '2 %  learning from the weeks before',
    '27 %  1 of 4 steps simulated',
    '95 %  4 of 4 steps simulated',
    '95 %  looking for the best plan of somebody who knows the future',
    '100 %  4 steps simulated',
  ]);
});

test('what takes less than two seconds says nothing', () => {
  const { lines, tell, end } = watched(0.1);
  tell({ doing: 'simulating', done: 4, of: 4 });
  tell({ doing: 'foresight', done: 4, of: 4 });
  end();
  expect(lines).toEqual([]);
});

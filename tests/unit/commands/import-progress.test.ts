import { expect, it } from 'vitest';
import { importProgress } from '../../../src/commands/import-progress.ts';

function run(json: boolean, isTerminal: boolean) {
  let nowMs = 0;
  const [printed, drawn]: [string[], string[]] = [[], []];
  const progress = importProgress(
    {
      clock: () => nowMs,
      print: (text) => printed.push(text),
      terminal: isTerminal ? { columns: 80, write: (text) => drawn.push(text) } : undefined,
    },
    json,
    1000,
  );
  for (let i = 1; i <= 10; i += 1) {
    nowMs += 1000;
    progress.add({ lines: 10, bytesRead: (i % 5 || 5) * 100 }, { packets: 1, readings: 9 });
    if (i % 5 === 0) progress.endFile();
  }
  progress.end();
  return { printed, drawn };
}

it('a log gets a line now and then', () => {
  expect(run(false, false).printed).toEqual([
    ' 50 %  50 lines, 5 packets, 10 lines/s\n',
    '100 %  100 lines, 10 packets, 10 lines/s\n',
    '100 %  100 lines, 10 packets, 10 lines/s\n',
  ]);
});

it('a program gets the same as JSON', () => {
  const { printed, drawn } = run(true, true);
  expect(drawn).toEqual([]);
  expect(JSON.parse(printed.at(-1) ?? '')).toEqual({
    share: 1,
    lines: 100,
    packets: 10,
    readings: 90,
    seconds: 10,
    perSecond: 10,
    done: true,
  });
});

it('a terminal is redrawn in place and left on a line of its own', () => {
  const { printed, drawn } = run(false, true);
  expect(printed).toEqual([]);
  expect(drawn).toHaveLength(11);
  expect(drawn[4]).toBe(
    `\r\u001b[2K${'█'.repeat(12)}${'░'.repeat(12)}  50 %  50 lines, 5 packets, 10 lines/s`,
  );
  expect(drawn.at(-1)).toMatch(/^\r.*\n$/);
});

import type { CommandContext } from './command.ts';

/** How far something is: `share` is 0 … 1, where it is known; the fields are for people in order, for programs by name. */
export type ProgressLook = { readonly share?: number; readonly says: string; readonly json: object };

const REPORT_MS = 5000;
const REDRAW_MS = 100;
const BAR = 24;

/**
 * Shows progress: a bar that is redrawn on a terminal, else a line (or JSON line) now and then (`more`) or at once (`now`: before
 * what tells nothing while it goes on); and the end.
 */
export function createProgress(
  { clock, print, terminal }: Pick<CommandContext, 'clock' | 'print' | 'terminal'>,
  json: boolean,
  look: () => ProgressLook,
): (step: 'more' | 'now' | 'end') => void {
  const screen = json ? undefined : terminal;
  let saidMs = clock();
  return (step) => {
    const isEnd = step === 'end';
    if (step === 'more' && clock() - saidMs < (screen ? REDRAW_MS : REPORT_MS)) return;
    saidMs = clock();
    const { share, says, json: fields } = look();
    const line = share === undefined ? says : `${String(Math.floor(share * 100)).padStart(3)} %  ${says}`;
    if (screen && share === undefined) {
      screen.write(`\r\u001b[2K${line.slice(0, screen.columns - 1)}${isEnd ? '\n' : ''}`);
    } else if (screen && share !== undefined) {
      const full = Math.round(share * BAR);
      const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${line}`;
      screen.write(`\r\u001b[2K${bar.slice(0, screen.columns - 1)}${isEnd ? '\n' : ''}`);
    } else if (json) print(`${JSON.stringify({ share, ...fields, done: isEnd })}\n`);
    else print(`${line}\n`);
  };
}

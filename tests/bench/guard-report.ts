import { kvarter } from '../support/kvarter.ts';

/** What `kvarter guard-report --json` says. */
export async function guardReport<Report>(args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await kvarter(['guard-report', ...args, '--json']);
  if (code !== 0) throw new Error(`guard-report ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kvarter } from '../../support/kvarter.ts';

/** Where a simulated district lies, and the alerts of the rules that stand in `config/rules.yaml`. */
export type Run = { readonly folder: string; readonly truth: string; readonly alerts: string };

/** A run, and its scenario file. */
export type Plan = { readonly name: string; readonly scenario: string };

/** Simulates unless the folder holds the run already, and replays in any case. */
export async function runOf(folder: string, { name, scenario }: Plan): Promise<Run> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.yaml`);
  const out = join(folder, name);
  if (!existsSync(join(out, 'run.json'))) {
    writeFileSync(file, scenario);
    await told(['simulate', '--scenario', file, '--out', out]);
  }
  const alerts = join(out, 'alerts.ndjson');
  writeFileSync(
    alerts,
    await told(['replay', '--config', join(out, 'kvarter.yaml'), join(out, 'readings.csv')]),
  );
  return { folder: out, truth: join(out, 'truth.ndjson'), alerts };
}

async function told(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await kvarter(words);
  if (code !== 0) throw new Error(`kvarter ${words.join(' ')}: ${stderr}`);
  return stdout;
}

import { resolve } from 'node:path';
import type { Broker } from '../../simulators/mqtt-line.ts';
import type { Config } from '../config/config.ts';
import { readTable } from '../config/csv-table.ts';
import { type Problem, problemText } from '../config/problem.ts';
import { KvarterError } from '../domain/errors.ts';
import type { CommandArguments, CommandContext } from './command.ts';
import { textOption } from './options.ts';
import { textOf } from './text-file.ts';

const SCHEMES = /^(mqtts?|wss?|tcp|ssl):\/\//;

/**
 * `--broker URL` (user and password may stand in it), else the configured service's own; `--ca FILE` and
 * `--credentials FILE`, a CSV of `connection,username,password`, for connections that log in by themselves.
 */
export function brokerAddress(
  { places }: CommandContext,
  args: CommandArguments,
  { mqtt }: Config,
): { readonly broker: Broker; readonly brokerOf: (line: string) => Broker } {
  const given = textOption(args, 'broker');
  if (given !== undefined && !(SCHEMES.test(given) && URL.canParse(given))) {
    throw new KvarterError('usage', `--broker ${given}: must be a URL such as mqtt://127.0.0.1:1883`);
  }
  const url = new URL(given ?? `mqtt://127.0.0.1:${mqtt.port}`);
  const username = url.username === '' ? mqtt.username : decodeURIComponent(url.username);
  const password = url.password === '' ? mqtt.password : decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  const ca = textOption(args, 'ca');
  const broker: Broker = {
    url: url.href.replace(/\/$/, ''),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { tls: { ca: textOf(resolve(places.cwd, ca)) } }),
  };
  const file = textOption(args, 'credentials');
  const logins = file === undefined ? undefined : loginsOf(resolve(places.cwd, file));
  return { broker, brokerOf: (line) => ({ ...broker, ...(logins?.get(line) ?? logins?.get('*')) }) };
}

function loginsOf(
  file: string,
): ReadonlyMap<string, { readonly username: string; readonly password: string }> {
  const problems: Problem[] = [];
  const columns = ['connection', 'username', 'password'];
  const table = readTable({ file, text: textOf(file) }, { required: columns, known: columns }, problems);
  if (!table || problems.length > 0) {
    throw new KvarterError('input-invalid', problems.map(problemText).join('\n'));
  }
  return new Map(
    table.rows.map(({ record: { connection = '', username = '', password = '' } }) => [
      connection,
      { username, password },
    ]),
  );
}

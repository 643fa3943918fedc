import { loadCredentials } from '../access/credentials-source.ts';
import { loadConfig } from '../config/config.ts';
import { problemText } from '../config/problem.ts';
import { loadTemplates } from '../config/templates.ts';
import { type Command, placesOf } from './command.ts';
import { unknownDevices } from './credential-warnings.ts';
import { loadSurroundings } from './surroundings.ts';

export const configCheck: Command = {
  usage: 'kvarter config check [--config FILE] [--json]',
  help: `Exit code 0 when all is well, 2 with every problem at its file, line and column.

  kvarter config check --config /etc/kvarter.yaml`,
  options: { config: { type: 'string' }, json: { type: 'boolean' } },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const { config, file } = loadConfig(placesOf(context, args));
    loadTemplates(config.alerts.templates);
    const { tariffs, mappings, register, rules, warnings } = loadSurroundings(config);
    const { credentialsFile, username } = config.mqtt;
    const credentials =
      credentialsFile === undefined ? undefined : loadCredentials({ file: credentialsFile, taken: username });
    const unknown = credentials ? unknownDevices(credentials, [...register.devices.keys()]) : [];
    const found = {
      config: file,
      areas: register.areas.length,
      buildings: register.buildings.size,
      devices: register.devices.size,
      tariffs: [...tariffs.keys()],
      mappings: mappings.map(({ name }) => name),
      rules: new Set(rules.entries.map(({ name }) => name)).size,
      ...(credentials && { credentials: credentials.size }),
      warnings: [...warnings.map(problemText), ...unknown],
    };
    if (args.values.json) {
      context.print(`${JSON.stringify(found)}\n`);
      return 0;
    }
    for (const warning of found.warnings) context.complain(`warning: ${warning}\n`);
    const { areas, buildings, devices } = found;
    context.print(
      `${file === '' ? 'the defaults' : file}: all is well. ${areas} areas, ${buildings} buildings, ${devices} devices, ` +
        `${found.tariffs.length} tariffs, ${found.mappings.length} mappings, ${found.rules} rules.\n`,
    );
    return 0;
  },
};

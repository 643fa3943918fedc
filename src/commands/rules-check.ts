import { loadConfig } from '../config/config.ts';
import { invalid, problemText } from '../config/problem.ts';
import { readRules, unknownParents, unknownPlaces, unknownToldIn } from '../config/rules.ts';
import { type Command, placesOf } from './command.ts';
import { loadSurroundings } from './surroundings.ts';

export const rulesCheck: Command = {
  usage: 'kvarter rules check [FILE] [--config FILE] [--json]',
  help: `Reads FILE, or the rules that the configuration names. Exit code 0 when all is well, 2 with every problem at its file,
line, column and path. Places that the register does not have are warnings: they may be registered later.

  kvarter rules check config/rules.yaml`,
  options: { config: { type: 'string' }, json: { type: 'boolean' } },
  files: { min: 0, max: 1 },
  run: async (context, args) => {
    const { config } = loadConfig(placesOf(context, args));
    const file = args.files[0] ?? config.rules;
    const read = readRules(file);
    if (!read.ok) throw invalid(read.problems);
    const { register } = loadSurroundings({ ...config, rules: file });
    const recipients = config.alerts.recipients.map(({ name }) => name);
    const warnings = [
      ...unknownPlaces(file, read, register),
      ...unknownToldIn(file, read, recipients),
      ...unknownParents(file, read),
    ].map(problemText);
    const rules = Object.groupBy(read.rules.entries, ({ name }) => name);
    if (args.values.json) {
      const found = Object.entries(rules).map(([name, entries]) => ({
        name,
        type: entries?.[0]?.type,
        entries: entries?.length ?? 0,
      }));
      context.print(`${JSON.stringify({ file, rules: found, warnings })}\n`);
      return 0;
    }
    for (const warning of warnings) context.complain(`warning: ${warning}\n`);
    const names = Object.keys(rules);
    context.print(
      `${file}: all is well. ${names.length} rules, ${read.rules.entries.length} entries${names.length > 0 ? `: ${names.join(', ')}` : ': nothing is told'}.\n`,
    );
    return 0;
  },
};

import { z } from 'zod';
import { ruleTypes } from '../rules/definitions.ts';
import type { RuleType } from '../rules/rule-type.ts';
import { levels } from '../rules/scope.ts';
import type { Command } from './command.ts';

export const rulesList: Command = {
  usage: 'kvarter rules list [--json]',
  help: `What config/rules.yaml may name as a type.

  kvarter rules list --json | jq '.[].type'`,
  options: { json: { type: 'boolean' } },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const types = ruleTypes.map(described);
    context.print(
      args.values.json ? `${JSON.stringify(types)}\n` : types.map((type) => `${inWords(type)}\n`).join('\n'),
    );
    return 0;
  },
};

type Parameter = { readonly name: string; readonly says: string; readonly default?: unknown };

function described({ type, doc, level, parameters }: RuleType) {
  const { properties = {} } = propertiesSchema.parse(
    z.toJSONSchema(parameters({ quantity: ['airTemperatureC'] }), { io: 'input', unrepresentable: 'any' }),
  );
  const list = Object.entries(properties).map(
    ([name, property]): Parameter => ({
      name,
      says: property.description ?? '',
      ...(property.default === undefined ? {} : { default: property.default }),
    }),
  );
  return { type, doc: doc.replaceAll('\n', ' '), judges: level, scope: levels[level], parameters: list };
}

const propertiesSchema = z.object({
  properties: z
    .record(z.string(), z.object({ description: z.string().optional(), default: z.unknown().optional() }))
    .optional(),
});

function inWords({ type, doc, judges, scope, parameters }: ReturnType<typeof described>): string {
  const width = Math.max(0, ...parameters.map(({ name }) => name.length));
  const lines = parameters.map(({ name, says, default: value }) =>
    `    ${name.padEnd(width)}  ${says}${value === undefined ? '' : ` (${String(value)})`}`.trimEnd(),
  );
  return [type, `  ${doc}`, `  judges each ${judges}; scope: ${scope.join(', ')}`, ...lines, ''].join('\n');
}

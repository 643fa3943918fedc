import { z } from 'zod';
import { KvarterError } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';
import { ask, openClient } from './asking.ts';
import type { Command, CommandArguments } from './command.ts';
import { anyTextOption, numberOption } from './options.ts';

const adoptedSchema = z.object({
  row: z.string(),
  warnings: z.array(z.string()),
  packets: z.number(),
  complete: z.boolean(),
});

const texts = ['model', 'building', 'space', 'role', 'channel', 'fraction', 'gateway', 'note'] as const;
const numbers = ['ratio', 'offset', 'clockAheadS', 'emptyMm', 'fullMm', 'volumeL'] as const;
const usage = `kvarter device adopt ID --model MODEL --building ID [--space ID] [--role ROLE] [--channel C] [--ratio N] [--offset N]
                    [--clockAheadS N] [--emptyMm N] [--fullMm N] [--fraction F] [--volumeL N] [--gateway ID]
                    [--note TEXT] [--url URL] [--config FILE] [--json]`;

export const deviceAdopt: Command = {
  usage,
  help: `The device's row is written at the end of devices.csv, of which nothing else changes, and the running service takes in
what of the device was in quarantine: its readings since it was unpacked are there. A row that the register would
refuse is not written. The options are the columns of devices.csv; a negative number is written --offset=-0.3.

  --url URL   the service; default: http.port of the configuration on this machine
  --json      for machines

  kvarter device adopt a81758fffe000001 --model elsys-ers --building b1 --space lgh-1001 --role room`,
  options: {
    ...Object.fromEntries([...texts, ...numbers].map((name) => [name, { type: 'string' as const }])),
    url: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 1, max: 1 },
  run: async (context, args) => {
    const content = JSON.stringify(deviceOf(args));
    const request = { path: '/api/v1/devices', body: { type: 'application/json', content } };
    const adopted = await ask(openClient(context, args), request, adoptedSchema);
    for (const warning of adopted.warnings) context.complain(`${printable(warning)}\n`);
    if (args.values.json) {
      context.print(`${JSON.stringify(adopted)}\n`);
      return 0;
    }
    const rest = adopted.complete
      ? ''
      : `What is still on its way follows; if it does not: kvarter quarantine replay --device ${args.files[0]}\n`;
    context.print(printable(adopted.row));
    context.print(`\n${adopted.packets} packets out of the quarantine are taken in.\n${rest}`);
    return 0;
  },
};

function deviceOf(args: CommandArguments): Record<string, string | number> {
  const device: Record<string, string | number> = { device: args.files[0] ?? '' };
  for (const name of texts) {
    const text = anyTextOption(args, name);
    if (text !== undefined && text !== '') device[name] = text;
  }
  for (const name of numbers) {
    const number = numberOption(args, name, { min: -1e9, max: 1e9 });
    if (number !== undefined) device[name] = number;
  }
  for (const name of ['model', 'building']) {
    if (device[name] === undefined) throw new KvarterError('usage', `--${name} is missing`);
  }
  return device;
}

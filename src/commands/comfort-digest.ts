import { digestSchema } from '../api/comfort.ts';
import { KvarterError } from '../domain/errors.ts';
import { isoTime } from '../domain/time.ts';
import { ask, openClient } from './asking.ts';
import type { Command } from './command.ts';
import { textOption, timeOption } from './options.ts';

export const comfortDigest: Command = {
  usage:
    'kvarter comfort digest --building ID --space ID [--language sv|en] [--from TIME] [--to TIME] [--url URL] [--config FILE] [--json]',
  help: `Asks the running service. Temperature, hot water and waste, each beside the median of similar households of the area, which are
never fewer than comfort.similarHouseholds (at least 5); of fewer nothing is said.

  --building ID, --space ID   the flat, as places.yaml has it
  --language sv|en            default sv
  --from, --to TIME           ISO 8601 with offset; default: the last 7 days
  --url URL                   the service; default: http.port of the configuration on this machine
  --json                      {"building","space","from","to","lines":[{"measure","own","median","less"}],"text"}

  kvarter comfort digest --building storgatan-1 --space lgh-1001`,
  options: {
    building: { type: 'string' },
    space: { type: 'string' },
    language: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    url: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const query = new URLSearchParams();
    for (const name of ['building', 'space', 'language']) {
      const value = textOption(args, name);
      if (value !== undefined) query.set(name, value);
      else if (name !== 'language') {
        throw new KvarterError('usage', `--${name} is missing`);
      }
    }
    for (const name of ['from', 'to']) {
      const atMs = timeOption(args, name);
      if (atMs !== undefined) query.set(name, isoTime(atMs));
    }
    const path = `/api/v1/comfort/digest?${query}`;
    const answer = await ask(openClient(context, args), { path }, digestSchema);
    context.print(args.values.json ? `${JSON.stringify(answer)}\n` : answer.text);
    return 0;
  },
};

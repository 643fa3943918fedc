import { resolve } from 'node:path';
import type { CredentialsFile } from '../access/credentials-source.ts';
import { loadConfig } from '../config/config.ts';
import { KvarterError } from '../domain/errors.ts';
import { type Command, type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { credentialActions } from './credential-actions.ts';
import { textOption } from './options.ts';

const usage = `kvarter device credentials set NAME | rotate NAME | remove NAME | list | check
                   [--kind device|gateway|reader] [--publish FILTERS] [--subscribe FILTERS] [--devices IDS]
                   [--password-stdin | --no-password] [--grace HOURS] [--file FILE] [--config FILE] [--json]`;

export const deviceCredentials: Command = {
  usage,
  help: `  set NAME     makes a credential, with a random password that is printed once; or changes one, whose password stays
  rotate NAME  gives it a new password, printed once
  remove NAME  nobody has that name any more
  list         names, kinds and rights
  check        is the file right, and does it fit the register?

A running service takes each change by itself, and closes the connections of who was rotated or removed.

  --kind K            device (default): publishes and speaks as itself. gateway: carries devices. reader: listens
  --publish FILTERS   topic filters to publish within, separated by spaces; {name} stands for the name.
                      A device has kvarter/{name}/# by itself
  --subscribe FILTERS topic filters to subscribe within
  --devices IDS       devices that a gateway speaks for; 0102* is all that begin so, * is all
  --password-stdin    the password is read from standard input instead of made
  --no-password       only a client certificate with this common name opens (mqtt.tls.caFile)
  --grace HOURS       rotate: the password before holds for so long as well
  --file FILE         the file; default: mqtt.credentialsFile of the configuration
  --json              for machines

  kvarter device credentials set lora --kind gateway --publish 'application/+/device/+/event/up' --devices '*'`,
  options: {
    kind: { type: 'string' },
    publish: { type: 'string' },
    subscribe: { type: 'string' },
    devices: { type: 'string' },
    'password-stdin': { type: 'boolean' },
    'no-password': { type: 'boolean' },
    grace: { type: 'string' },
    file: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 1, max: 2 },
  run: async (context, args) => {
    const [name = '', ...rest] = args.files;
    const action = Object.hasOwn(credentialActions, name) ? credentialActions[name] : undefined;
    if (!action) {
      throw new KvarterError('usage', `device credentials ${name}: there is no such action\nusage: ${usage}`);
    }
    if ((rest.length === 1) !== action.needsName) {
      const wanted = action.needsName ? 'NAME' : 'no name';
      throw new KvarterError('usage', `device credentials ${name} takes ${wanted}\nusage: ${usage}`);
    }
    await action.run({ context, args, place: placeOf(context, args), name: rest[0] ?? '' });
    return 0;
  },
};

function placeOf(context: CommandContext, args: CommandArguments): CredentialsFile {
  const file = textOption(args, 'file');
  if (file !== undefined) return { file: resolve(context.places.cwd, file), taken: undefined };
  const { mqtt } = loadConfig(placesOf(context, args)).config;
  if (mqtt.credentialsFile !== undefined) return { file: mqtt.credentialsFile, taken: mqtt.username };
  throw new KvarterError(
    'usage',
    'nobody needs credentials yet: set mqtt.credentialsFile in the configuration, or say --file FILE',
  );
}

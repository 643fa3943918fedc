import { rowsOf, withoutRow, withRow } from '../access/credentials-edit.ts';
import { type CredentialRow, emptyRow } from '../access/credentials-file.ts';
import { type CredentialsFile, loadCredentials } from '../access/credentials-source.ts';
import { changeCredentials } from '../access/credentials-write.ts';
import { hashPassword, randomPassword } from '../access/password-hash.ts';
import { KvarterError } from '../domain/errors.ts';
import { isoTime } from '../domain/time.ts';
import { type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { credentialWarnings } from './credential-warnings.ts';
import { anyTextOption, numberOption, textOption } from './options.ts';
import { inputBytesOf } from './text-file.ts';

const SHORTEST_PASSWORD = 8;

type Call = {
  readonly context: CommandContext;
  readonly args: CommandArguments;
  readonly place: CredentialsFile;
  readonly name: string;
};
type Action = { readonly needsName: boolean; readonly run: (call: Call) => Promise<void> };

const set: Action = {
  needsName: true,
  run: async (call) => {
    const { args, place, name } = call;
    const given = await givenPassword(call);
    const made = randomPassword();
    const [madeHash, givenHash] = await Promise.all([hashOf(made, true), given && hashOf(given, false)]);
    let isNew = false;
    let kind = '';
    await changeCredentials(place, (text) => {
      const before = rowsOf(text).get(name);
      isNew = before === undefined;
      const row = withOptions(before ?? { ...emptyRow, name, kind: 'device' }, args);
      ({ kind } = row);
      if (args.values['no-password']) return withRow(text, { ...row, hash: '', oldHash: '', oldUntil: '' });
      const hash = givenHash ?? (isNew ? madeHash : row.hash);
      const isSame = hash === row.hash;
      return withRow(text, isSame ? row : { ...row, hash, oldHash: '', oldUntil: '' });
    });
    const isMade = isNew && given === undefined && !args.values['no-password'];
    told(call, { name, kind, ...(isMade ? { password: made } : {}) }, isNew ? 'is made' : 'is changed');
  },
};

const rotate: Action = {
  needsName: true,
  run: async (call) => {
    const { context, args, place, name } = call;
    const graceHours = numberOption(args, 'grace', { min: 0, max: 87_600 }) ?? 0;
    const given = await givenPassword(call);
    const made = randomPassword();
    const hash = given === undefined ? await hashOf(made, true) : await hashOf(given, false);
    const oldUntil = graceHours > 0 ? isoTime(context.clock() + graceHours * 3_600_000) : '';
    await changeCredentials(place, (text) => {
      const row = existing(text, place, name);
      if (row.hash === '') {
        throw new KvarterError(
          'usage',
          `${name} has no password to rotate: kvarter device credentials set gives one`,
        );
      }
      return withRow(text, { ...row, hash, oldHash: oldUntil === '' ? '' : row.hash, oldUntil });
    });
    told(
      call,
      { name, ...(given === undefined ? { password: made } : {}), ...(oldUntil === '' ? {} : { oldUntil }) },
      oldUntil === '' ? 'has a new password' : `has a new password; the one before holds until ${oldUntil}`,
    );
  },
};

const remove: Action = {
  needsName: true,
  run: async (call) => {
    const { place, name } = call;
    await changeCredentials(place, (text) => {
      existing(text, place, name);
      return withoutRow(text, name);
    });
    told(call, { name }, 'is removed');
  },
};

const list: Action = {
  needsName: false,
  run: async ({ context, args, place }) => {
    for (const { name, kind, hash, old, publish, subscribe, devices } of loadCredentials(place).values()) {
      const password = hash !== undefined;
      const oldUntil = old && isoTime(old.untilMs);
      const row = { name, kind, password, oldUntil, publish, subscribe, devices };
      if (args.values.json) context.print(`${JSON.stringify(row)}\n`);
      else context.print(`${textOf(row)}\n`);
    }
  },
};

const check: Action = {
  needsName: false,
  run: async ({ context, args, place }) => {
    const credentials = loadCredentials(place);
    const warnings = credentialWarnings(credentials, placesOf(context, args));
    const { file } = place;
    if (args.values.json) {
      return context.print(`${JSON.stringify({ file, credentials: credentials.size, warnings })}\n`);
    }
    for (const warning of warnings) context.complain(`warning: ${warning}\n`);
    context.print(`${file}: all is well. ${credentials.size} credentials.\n`);
  },
};

/** What `kvarter device credentials` can do, by name. */
export const credentialActions: Readonly<Record<string, Action>> = { set, rotate, remove, list, check };

function existing(text: string, { file }: CredentialsFile, name: string): CredentialRow {
  const row = rowsOf(text).get(name);
  if (row) return row;
  throw new KvarterError('usage', `${name} is not in ${file}: kvarter device credentials list shows who is`);
}

function withOptions(row: CredentialRow, args: CommandArguments): CredentialRow {
  const { kind, publish, subscribe, devices } = row;
  return {
    ...row,
    kind: textOption(args, 'kind') ?? kind,
    publish: anyTextOption(args, 'publish') ?? publish,
    subscribe: anyTextOption(args, 'subscribe') ?? subscribe,
    devices: anyTextOption(args, 'devices') ?? devices,
  };
}

async function givenPassword({ context, args }: Call): Promise<string | undefined> {
  if (!args.values['password-stdin']) return undefined;
  if (args.values['no-password']) {
    throw new KvarterError('usage', '--password-stdin and --no-password: say one of them');
  }
  const password = (await inputBytesOf(context)).toString().replace(/\r?\n$/, '');
  if (password.length >= SHORTEST_PASSWORD) return password;
  throw new KvarterError(
    'usage',
    `the password on standard input has ${password.length} letters: at least ${SHORTEST_PASSWORD}`,
  );
}

function hashOf(password: string, isRandom: boolean): Promise<string> {
  return hashPassword(password, { isRandom });
}

type Told = {
  readonly name: string;
  readonly kind?: string;
  readonly password?: string;
  readonly oldUntil?: string;
};

function told({ context, args, place }: Call, what: Told, says: string): void {
  if (args.values.json) {
    context.print(`${JSON.stringify({ ...what, file: place.file })}\n`);
    return;
  }
  context.print(`${what.name} ${says}.\n`);
  if (what.password === undefined) return;
  context.print(`Its password is shown this once:\n${what.password}\n`);
}

function textOf(row: {
  readonly name: string;
  readonly kind: string;
  readonly password: boolean;
  readonly oldUntil: string | undefined;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly devices: readonly string[];
}): string {
  const listed = (label: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${label} ${items.join(' ')}`];
  return [
    `${row.name.padEnd(24)} ${row.kind.padEnd(8)} ${row.password ? 'password' : 'certificate'}`,
    ...(row.oldUntil === undefined ? [] : [`the password before holds until ${row.oldUntil}`]),
    ...listed('publishes', row.publish),
    ...listed('subscribes', row.subscribe),
    ...listed('speaks for', row.devices),
  ].join('; ');
}

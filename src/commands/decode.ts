import { readFileSync, statSync } from 'node:fs';
import { loadConfig } from '../config/config.ts';
import { loadMapping } from '../config/mappings.ts';
import type { DecodeContext, Format } from '../decode/decode.ts';
import type { Decoder } from '../decode/decoder.ts';
import { explain, explainBytes } from '../decode/explain.ts';
import { knowsModel } from '../decode/index.ts';
import { findModel, models, plainName } from '../decode/models.ts';
import { decoderWith } from '../decode/with-mappings.ts';
import { KvarterError } from '../domain/errors.ts';
import type { Register } from '../domain/register.ts';
import { zoneOf } from '../domain/zone.ts';
import { type Command, type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { bytesJson, bytesText, packetJson, packetText } from './decode-text.ts';
import { numberOption, textOption, timeOption } from './options.ts';
import { loadSurroundings } from './surroundings.ts';
import { inputBytesOf, inputName } from './text-file.ts';

const LARGEST_BYTES = 16 * 1024 ** 2;
const DEFAULT_ZONE = 'Europe/Stockholm';

export const decode: Command = {
  usage: `kvarter decode --payload FILE [--topic TOPIC] [--hex] [--mapping FILE | --format NAME | --model NAME --port N]
               [--sender NAME] [--at TIME] [--config FILE] [--json]`,
  help: `  --payload FILE   the payload as it was published; - is standard input
  --hex            FILE holds it as hexadecimal digits
  --topic TOPIC    the topic that it came on; it decides who reads it
  --mapping FILE   a mapping to try out; without --topic, on its first topic
  --format NAME    reads it whatever its topic
  --model NAME     alone: the payload is the raw bytes of such a LoRaWAN device, which came on --port N; with --topic or
                   --format: the model that devices.csv would name
  --sender NAME    the MQTT user name that it was published under
  --at TIME        when it came; default: now

Devices are looked up in the register of the configuration, when there is one. Nothing is stored.
Exit code 1 when there is no reading, or something is wrong with the payload.

  kvarter decode --mapping acme.yaml --topic acme/room-7/data --payload sample.json`,
  options: {
    payload: { type: 'string' },
    topic: { type: 'string' },
    hex: { type: 'boolean' },
    mapping: { type: 'string' },
    format: { type: 'string' },
    model: { type: 'string' },
    port: { type: 'string' },
    sender: { type: 'string' },
    at: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  files: { min: 0, max: 0 },
  run: async (context, args) => {
    const payload = await readPayload(context, args);
    const { model: modelName, topic, format, mapping } = args.values;
    const isRaw =
      modelName !== undefined && topic === undefined && format === undefined && mapping === undefined;
    const { text, isGood } = isRaw ? decodeRaw(args, payload) : decodePacket(context, args, payload);
    context.print(text);
    return isGood ? 0 : 1;
  },
};

type Result = { readonly text: string; readonly isGood: boolean };

/** Raw bytes of a LoRaWAN device. */
function decodeRaw(args: CommandArguments, payload: Uint8Array): Result {
  const model = findModel(textOption(args, 'model') ?? '');
  if (!model) {
    throw new KvarterError(
      'usage',
      `--model ${args.values.model}: no such model; those are ${models.map(({ name }) => name).join(', ')}`,
    );
  }
  const port = numberOption(args, 'port', { min: 0, max: 255 }) ?? 1;
  const explained = explainBytes(model, payload, port);
  const text = args.values.json ? bytesJson(model, port, explained) : bytesText(model, port, explained);
  return { text, isGood: explained.values.length > 0 && explained.problem === undefined };
}

function decodePacket(context: CommandContext, args: CommandArguments, payload: Uint8Array): Result {
  const { decoder, register } = surroundings(context, args);
  const mappingFile = textOption(args, 'mapping');
  const mapping = mappingFile === undefined ? undefined : loadMapping(mappingFile, { isTaken: knowsModel });
  const all = mapping ? decoderWith([mapping]) : decoder;
  const topic =
    textOption(args, 'topic') ??
    mapping?.topics[0]?.replace(/\{(\w+)\}|[+#]/g, (_, name) => `some-${name ?? 'level'}`) ??
    '';
  const sender = textOption(args, 'sender');
  const format = mapping && args.values.topic === undefined ? all.formats[0] : formatNamed(all, args);
  const explained = explain({
    decoder: all,
    ...(format && { format }),
    input: {
      topic,
      payload,
      receivedAtMs: timeOption(args, 'at') ?? context.clock(),
      ...(sender === undefined ? {} : { sender }),
    },
    register: registerContext(register, textOption(args, 'model')),
  });
  const why = explanationOfClaim(explained.claim, { topic, mappingFile, isForced: format !== undefined });
  const shown = { ...explained, why, topic, register };
  const { measurements, problems } = explained.decoded;
  return {
    text: args.values.json ? packetJson(shown) : packetText(shown),
    isGood: measurements.length > 0 && problems.length === 0,
  };
}

function explanationOfClaim(
  claim: ReturnType<typeof explain>['claim'],
  { topic, mappingFile, isForced }: { topic: string; mappingFile: string | undefined; isForced: boolean },
): string {
  if (!claim)
    return topic === ''
      ? 'no format knows its shape: say --topic'
      : `no format claims ${topic}, or knows the payload's shape`;
  if (isForced) return mappingFile === undefined ? 'because --format says so' : `the mapping ${mappingFile}`;
  return claim.filter === undefined
    ? 'no format claims the topic, and this one knows the shape'
    : `claims ${claim.filter}`;
}

function formatNamed(decoder: Decoder, args: CommandArguments): Format | undefined {
  const name = textOption(args, 'format');
  if (name === undefined) return undefined;
  const format = decoder.formats.find((one) => plainName(one.name) === plainName(name));
  if (format) return format;
  const names = decoder.formats.map((one) => one.name).join(', ');
  throw new KvarterError('usage', `--format ${name}: no such format; those are ${names}`);
}

async function readPayload(context: CommandContext, args: CommandArguments): Promise<Uint8Array> {
  const file = textOption(args, 'payload');
  if (file === undefined) throw new KvarterError('usage', `usage: ${decode.usage}`);
  try {
    const isInput = file === '-';
    if (!isInput && statSync(file).size > LARGEST_BYTES)
      throw new Error(`is larger than ${LARGEST_BYTES} bytes`);
    const bytes = isInput ? await inputBytesOf(context) : readFileSync(file);
    if (!args.values.hex) return bytes;
    const digits = bytes.toString().replaceAll(/\s+/g, '').replace(/^0x/i, '');
    if (/^(?:[\da-f]{2})*$/i.test(digits)) return Buffer.from(digits, 'hex');
    throw new Error('does not hold hexadecimal digits, two for each byte');
  } catch (cause) {
    throw new KvarterError(
      'input-invalid',
      `${inputName(file)}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

/** Mappings and register of the configuration; without one, unless it was asked for, kvarter's own formats alone. */
function surroundings(
  context: CommandContext,
  args: CommandArguments,
): { readonly decoder: Decoder; readonly register: Register | undefined } {
  try {
    const { config } = loadConfig(placesOf(context, args));
    return loadSurroundings(config);
  } catch (error) {
    if (args.values.config !== undefined) throw error;
    return { decoder: decoderWith([]), register: undefined };
  }
}

function registerContext(
  register: Register | undefined,
  model: string | undefined,
): Omit<DecodeContext, 'memory'> {
  const devices = register?.devices;
  const spellings = new Map([...(devices?.keys() ?? [])].map((id) => [id.toLowerCase(), id]));
  return {
    modelOf: (device) => model ?? devices?.get(device)?.[0]?.model,
    deviceId: (names) =>
      names.map((name) => spellings.get(name.toLowerCase())).find((id) => id !== undefined),
    zone: () => zoneOf(register?.organisation.timeZone ?? DEFAULT_ZONE),
  };
}

import type { Measurement } from '../domain/reading.ts';
import type { DecodeContext, Decoded, Problem } from './decode.ts';
import { findModel } from './models.ts';
import { numberOf, shown, textOf, timeOf } from './payload.ts';
import type { FieldValues } from './values.ts';

/** An uplink as a LoRaWAN network server hands it on. What the server wrote is `unknown` until it is read here. */
export type Uplink = {
  /** The names by which the device may be registered, the best first. */
  readonly devices: readonly [string, ...string[]];
  /** ISO 8601. */
  readonly time: unknown;
  readonly port: unknown;
  /** The device's bytes, base64. */
  readonly data: unknown;
  /** What the server's own decoder made of them. */
  readonly fields: FieldValues;
};

/** The server's decoded values when there are any, else the bytes by the model that the register names. */
export function decodeUplink(uplink: Uplink, receivedAtMs: number, context: DecodeContext): Decoded {
  const { values } = uplink.fields;
  const device = context.deviceId(uplink.devices) ?? uplink.devices[0];
  const at = timeOf(uplink.time);
  if (!at) {
    const detail = `${shown(uplink.time)} is not ISO 8601 with offset`;
    return { measurements: [], problems: [{ code: 'invalid-time', detail, device }] };
  }
  const problems = uplink.fields.problems.map((problem): Problem => ({ ...problem, device }));
  if (values.length > 0) {
    return { measurements: values.map((value) => ({ device, ...at, ...value })), problems };
  }
  const raw = decodeBytes(uplink, device, at.atMs ?? receivedAtMs, context);
  const measurements = raw.measurements.map((measurement) => ({ ...at, ...measurement }));
  return { measurements, problems: [...problems, ...raw.problems] };
}

function decodeBytes(
  { port, data, fields }: Uplink,
  device: string,
  baseMs: number,
  context: DecodeContext,
): Decoded {
  const failed = (code: Problem['code'], detail: string) => ({
    measurements: [],
    problems: [{ code, detail, device }],
  });
  const text = textOf(data);
  // A frame without port carries no application payload, only LoRaWAN's own business (LoRaWAN 1.0.4, 4.3.2).
  if (text === undefined && fields.unread.length + fields.problems.length === 0 && !numberOf(port)) {
    return { measurements: [], problems: [] };
  }
  const name = context.modelOf(device);
  if (name === undefined) {
    return failed('unknown-device', `${device} is not in the register: add a row to devices.csv`);
  }
  const seen = fields.unread.length > 0 ? `, and of its fields (${listed(fields.unread)}) none is known` : '';
  const model = findModel(name);
  if (!model) {
    const todo =
      'set a codec in the network server whose fields are in the table of src/decode/README.md, or a model of it in devices.csv';
    return failed('unknown-model', `no decoder for the bytes of model ${shown(name)}${seen}: ${todo}`);
  }
  const bytes = fromBase64(text ?? '');
  if (!bytes) return failed('malformed-payload', `the bytes are not base64: ${shown(text)}`);
  if (bytes.length === 0) {
    return failed('malformed-payload', `no bytes for ${model.name}${seen}: see what the device sends`);
  }
  const { values, problem } = model.decode(bytes, numberOf(port) ?? 0);
  return {
    measurements: values.map(
      ({ agoMs, ...value }): Measurement => ({
        device,
        ...value,
        ...(agoMs === undefined ? {} : { atMs: baseMs - agoMs }),
      }),
    ),
    problems:
      problem === undefined
        ? []
        : [{ code: 'malformed-payload', detail: `${model.name}: ${problem}`, device }],
  };
}

function listed(names: readonly string[]): string {
  const more = names.length > 5 ? ', …' : '';
  return names.slice(0, 5).map(shown).join(', ') + more;
}

function fromBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

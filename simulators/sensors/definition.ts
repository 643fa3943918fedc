import { chirpstack } from '../../src/decode/chirpstack.ts';
import type { Carried, Encoded, Format, Uplink, Value } from '../../src/decode/decode.ts';
import { formats } from '../../src/decode/index.ts';
import { findModel, plainName } from '../../src/decode/models.ts';
import { thingsStack } from '../../src/decode/things-stack.ts';
import type { Device } from '../../src/domain/register.ts';

/** How a row of the register speaks: a format, or a LoRaWAN model within a network server's format. */
export type Definition = {
  /** The format's or model's own name, whatever alias the row has. */
  readonly name: string;
  readonly format: Format;
  /** Raw bytes over radio, handed on by a network server. */
  readonly isLorawan: boolean;
  readonly carries: readonly Carried[];
  readonly usualMinutes: number | undefined;
  readonly encode: (uplink: Omit<Uplink, 'raw'>) => readonly Encoded[];
};

const byName = new Map(
  formats.filter(({ handsOnBytes }) => !handsOnBytes).map((format) => [plainName(format.name), format]),
);
/** What a network server says itself beside the bytes. */
const ofServer: ReadonlySet<string> = new Set(['rssiDbm', 'snrDb']);

/** Undefined for a model that only a mapping of the user's knows. */
export function definitionOf({ model: named, role }: Pick<Device, 'model' | 'role'>): Definition | undefined {
  const format = byName.get(plainName(named));
  if (format) {
    const { name, carries, usualMinutes, encode } = format;
    return { name, format, isLorawan: false, carries, usualMinutes, encode };
  }
  const model = findModel(named);
  if (!model) return undefined;
  // Containers are another contractor's, who is with The Things Stack.
  const server = role === 'container' ? thingsStack : chirpstack;
  return {
    name: model.name,
    format: server,
    isLorawan: true,
    carries: [...model.carries, ...server.carries.filter(({ quantity }) => ofServer.has(quantity))],
    usualMinutes: model.usualMinutes,
    encode: ({ values, ...uplink }) => {
      const own = values.filter(({ quantity }) => !ofServer.has(quantity));
      const heard = values.filter(({ quantity }) => ofServer.has(quantity));
      // Only what a device keeps for a day needs its clock; others are stamped by the server.
      const isKept = own.some(({ agoMs }) => agoMs !== undefined);
      return server.encode({
        ...uplink,
        values: heard,
        raw: model.encode(own, isKept ? uplink.atMs : undefined),
      });
    },
  };
}

/** Groups the values that a row says: of one channel of a meter, all bear the channel's name. */
export function inChannel({ channel }: Pick<Device, 'channel'>, values: readonly Value[]): readonly Value[] {
  if (channel === undefined) return values;
  return values.map((value) => ({ ...value, channel: value.channel ?? channel }));
}

import type { Json } from '../domain/alert.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { Measurement, RejectCode } from '../domain/reading.ts';
import type { Zone } from '../domain/zone.ts';

/** An MQTT packet (or HTTP post) as it was journaled. */
export type DecodeInput = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAtMs: number;
  /** The name it was published under; absent when nobody had to say who they are. */
  readonly sender?: string;
};

/** What a decoder may ask of the register. */
export type DecodeContext = {
  /** The model that a device's row names; undefined when the device is not registered. */
  readonly modelOf: (device: string) => string | undefined;
  /**
   * The first of a device's names that the register knows, spelled as in the register: a LoRaWAN device goes by its
   * EUI or by a chosen name, and servers disagree on the EUI's letter case. Undefined when the register knows none.
   */
  readonly deviceId: (candidates: readonly string[]) => string | undefined;
  /** Where the buildings are: the wall clock of devices whose time has no zone. */
  readonly zone: () => Zone;
  /** What earlier packets of the same format and sender have said. */
  readonly memory: Memory;
};

/**
 * What a format remembers from packet to packet: names that later packets leave out. Each reader of the journal has its
 * own, which depends on the packets before its place alone, so that reading again gives the same. At its bound what was
 * set longest ago is forgotten. Values are never changed in place.
 *
 * It is as of when the packet came: one that is taken in again later sees nothing that was set after it, and does not
 * take the place of it.
 */
export interface Memory {
  get(key: string): Json | undefined;
  set(key: string, value: Json): void;
}

/** A device that a gateway tells about: from it comes a row for `devices.csv`. */
export type Suggestion = {
  readonly device: string;
  /** What else it goes by. */
  readonly alsoKnownAs: readonly string[];
  /** The format's or model's name, for the column `model`. */
  readonly model: string;
  /** Maker and product, for people. */
  readonly title: string;
  readonly quantities: readonly Quantity[];
};

/** A packet that a format would like to be published: asked for by data, sent by the shell, for live packets only. */
export type Request = { readonly topic: string; readonly payload: Uint8Array };

/** What a part of a payload did not give, and why. Its neighbours are not harmed. */
export type Problem = { readonly code: RejectCode; readonly detail: string; readonly device?: string };

/** Which clock a packet's times came from, the best first; `arrival` is kvarter's own. */
export const timeSources = ['device', 'server', 'gateway', 'arrival'] as const;
export type TimeSource = (typeof timeSources)[number];

export type Decoded = {
  readonly measurements: readonly Measurement[];
  readonly problems: readonly Problem[];
  /** Of the measurements' times; absent when there are none. */
  readonly timeFrom?: TimeSource;
  readonly suggestions?: readonly Suggestion[];
  readonly requests?: readonly Request[];
};

/** What a definition can say of a quantity; from it come round-trip tests, simulators and the tables of README.md. */
export type Carried = {
  readonly quantity: Quantity;
  readonly channel?: string;
  /** The smallest difference that it can tell, in the quantity's unit. */
  readonly step: number;
  readonly min: number;
  readonly max: number;
  /** Values of one group come together: a packet has all of them or none. */
  readonly group?: string;
  /** It is in every packet. */
  readonly always?: true;
  /** Values of different modes never come in one packet: the device is set to one of them. */
  readonly mode?: string;
};

/** A device's report before it is encoded. */
export type Uplink = {
  readonly device: string;
  readonly atMs?: number;
  readonly values: readonly Value[];
  /** Raw bytes of a LoRaWAN device, for the formats of network servers. */
  readonly raw?: ModelEncoded;
};

/** A format: what arrives on the topics it claims. Pure; never throws, whatever the bytes. */
export type Format = {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** MQTT topic filters that it claims. */
  readonly topics: readonly string[];
  /**
   * For a format whose topic is the user's choice, whole or in part: is this payload, which no format claims by its
   * topic, its own? Asked of every such packet: cheap first.
   */
  readonly recognises?: (payload: Uint8Array, topic: string) => boolean;
  /** It uses {@link DecodeContext.memory}: of its packets none may be passed over, however old. */
  readonly remembers?: true;
  readonly decode: (input: DecodeInput, context: DecodeContext) => Decoded;
  /** The packets in which it would report this: {@link decode} gives the values back, within `step`. */
  readonly encode: (uplink: Uplink) => readonly Encoded[];
  /** What it can say itself; a network server says besides what the device's model says. */
  readonly carries: readonly Carried[];
  /** How often such a device usually reports. */
  readonly usualMinutes?: number;
  /** It hands on the bytes of devices whose model is in the register: a network server. */
  readonly handsOnBytes?: true;
  /** What could not be confirmed from public documentation. */
  readonly unconfirmed?: readonly string[];
  readonly examples: readonly FormatExample[];
};

export type FormatExample = {
  readonly says: string;
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly sender?: string;
  /** The register: device → model. */
  readonly models?: Readonly<Record<string, string>>;
  readonly expect: readonly Measurement[];
  readonly timeFrom?: TimeSource;
};

/** A device model: raw bytes of an uplink (LoRaWAN port) → values. Pure; never throws, whatever the bytes. */
export type Model = {
  /** The name to write in `devices.csv`; `aliases` are read too, all without regard to case and punctuation. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly source: string;
  readonly decode: (bytes: Uint8Array, port: number) => ModelDecoded;
  /**
   * The bytes in which it would say this: {@link decode} gives the values back, within `step`. `atMs`: what its clock
   * says, if it has one; without, the bytes are those of a clock that was never set.
   */
  readonly encode: (values: readonly Value[], atMs?: number) => ModelEncoded;
  readonly carries: readonly Carried[];
  readonly usualMinutes: number;
  readonly unconfirmed?: readonly string[];
  readonly examples: readonly ModelExample[];
};

export type ModelExample = {
  readonly hex: string;
  readonly port: number;
  readonly expect: readonly Value[];
  readonly clockMs?: number;
};

/**
 * A measurement before the device and its time are known. `atMs`: by the device's own clock (a record that it kept);
 * `wallMs`: the same, of a clock without zone, as if it showed UTC. `agoMs`: that much before `wallMs`, or else the
 * packet. Without any of them, it is as old as the packet.
 */
export type Value = Pick<Measurement, 'quantity' | 'channel' | 'value' | 'atMs'> & {
  readonly agoMs?: number;
  readonly wallMs?: number;
};
/** `problem`: the bytes could not be read to their end; `values` came before that. */
export type ModelDecoded = {
  readonly values: readonly Value[];
  readonly problem?: string;
  /** What the device's clock said when it spoke: the time of values without one, and what `agoMs` counts from. */
  readonly clockMs?: number;
};
export type ModelEncoded = { readonly port: number; readonly bytes: Uint8Array };

/** What a device or network server puts on MQTT: an encoder's result. */
export type Encoded = { readonly topic: string; readonly payload: Buffer };

import type { Measurement, RejectCode } from '../domain/reading.ts';

/** An MQTT packet (or HTTP post) as it was journaled. */
export type DecodeInput = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAtMs: number;
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
};

/** What a part of a payload did not give, and why. Its neighbours are not harmed. */
export type Problem = { readonly code: RejectCode; readonly detail: string; readonly device?: string };

export type Decoded = {
  readonly measurements: readonly Measurement[];
  readonly problems: readonly Problem[];
};

/** A format: what arrives on the topics it claims. Pure; never throws, whatever the bytes. */
export type Format = {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** MQTT topic filters that it claims. */
  readonly topics: readonly string[];
  /** For a format whose topic is the user's choice: is this payload, which no format claims by its topic, its own? */
  readonly recognises?: (payload: Uint8Array) => boolean;
  readonly decode: (input: DecodeInput, context: DecodeContext) => Decoded;
  readonly examples: readonly FormatExample[];
};

export type FormatExample = {
  readonly says: string;
  readonly topic: string;
  readonly payload: string;
  /** The register: device → model. */
  readonly models?: Readonly<Record<string, string>>;
  readonly expect: readonly Measurement[];
};

/** A device model: raw bytes of an uplink (LoRaWAN port) → values. Pure; never throws, whatever the bytes. */
export type Model = {
  /** The name to write in `devices.csv`; `aliases` are read too, all without regard to case and punctuation. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly source: string;
  readonly decode: (bytes: Uint8Array, port: number) => ModelDecoded;
  readonly examples: readonly {
    readonly hex: string;
    readonly port: number;
    readonly expect: readonly Value[];
  }[];
};

/** A measurement before the device and its time are known. `agoMs`: that much before the uplink (history records). */
export type Value = Pick<Measurement, 'quantity' | 'channel' | 'value'> & { readonly agoMs?: number };
/** `problem`: the bytes could not be read to their end; `values` came before that. */
export type ModelDecoded = { readonly values: readonly Value[]; readonly problem?: string };

/** What a device or network server puts on MQTT: an encoder's result. */
export type Encoded = { readonly topic: string; readonly payload: Buffer };

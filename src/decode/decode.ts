import type { Measurement, RejectCode } from '../domain/reading.ts';

/** An MQTT packet (or HTTP post) as it was journaled. */
export type DecodeInput = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAtMs: number;
};

/** What a decoder may ask about a device: the model its register row names; undefined when it is not registered. */
export type DecodeContext = { readonly modelOf: (device: string) => string | undefined };

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
  readonly decode: (input: DecodeInput, context: DecodeContext) => Decoded;
  readonly examples: readonly FormatExample[];
};

export type FormatExample = {
  readonly says: string;
  readonly topic: string;
  readonly payload: string;
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
export type ModelDecoded = { readonly values: readonly Value[]; readonly problem?: string };

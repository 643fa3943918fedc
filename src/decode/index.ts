import { ams } from './ams.ts';
import { chirpstack } from './chirpstack.ts';
import type { DecodeContext, Decoded, DecodeInput, Format } from './decode.ts';
import { createDecoder, unclaimed } from './decoder.ts';
import { kvarter } from './kvarter.ts';
import { lineProtocol } from './line-protocol.ts';
import { p1 } from './p1.ts';
import { senml } from './senml.ts';
import { shelly } from './shelly.ts';
import { sparkplug } from './sparkplug.ts';
import { tasmota } from './tasmota.ts';
import { thingsStack } from './things-stack.ts';
import { thingsboard } from './thingsboard.ts';
import { wmbusmeters } from './wmbusmeters.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

export type { DecodeContext };

/** Every format, in the order in which they are asked. Lines of text come last: much looks a little like them. */
export const formats: readonly Format[] = [
  kvarter,
  chirpstack,
  thingsStack,
  sparkplug,
  zigbee2mqtt,
  thingsboard,
  ams,
  p1,
  shelly,
  tasmota,
  wmbusmeters,
  senml,
  lineProtocol,
];

/** What kvarter reads by itself, without mappings. */
export const builtIn = createDecoder(formats);

/** What a packet holds, as kvarter reads it by itself. */
export function decode(input: DecodeInput, context: DecodeContext): Decoded {
  const claim = builtIn.claim(input);
  return claim ? claim.format.decode(input, context) : unclaimed(input);
}

/** May `devices.csv` name it, where there are no mappings? */
export function knowsModel(name: string): boolean {
  return builtIn.knowsModel(name);
}

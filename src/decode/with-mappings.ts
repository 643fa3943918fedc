import { createDecoder, type Decoder } from './decoder.ts';
import { builtIn, formats } from './index.ts';
import { createMapping } from './mapping.ts';
import type { MappingSpec } from './mapping-schema.ts';

/** The decoder with these mappings, which come before what kvarter reads by itself: who wrote one wants it. */
export function decoderWith(mappings: readonly MappingSpec[]): Decoder {
  return mappings.length === 0 ? builtIn : createDecoder([...mappings.map(createMapping), ...formats]);
}

/** The decoder with the mappings as they stand; made anew when they have changed. */
export function followMappings(current: () => readonly MappingSpec[]): {
  readonly current: () => Decoder;
  readonly knowsModel: (name: string) => boolean;
} {
  let mappings = current();
  let decoder = decoderWith(mappings);
  const follow = () => {
    const now = current();
    if (now !== mappings) {
      mappings = now;
      decoder = decoderWith(now);
    }
    return decoder;
  };
  return { current: follow, knowsModel: (name) => follow().knowsModel(name) };
}

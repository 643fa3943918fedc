import { isQuantity, quantities } from '../domain/quantity.ts';
import type { Carried } from './decode.ts';

/** What a format says that carries any quantity by name, as exactly as its numbers are written. */
export const everyQuantity: readonly Carried[] = Object.keys(quantities)
  .filter(isQuantity)
  .map((quantity) => {
    const { min, max } = quantities[quantity];
    return { quantity, step: 0.001, min, max };
  });

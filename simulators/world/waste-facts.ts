/**
 * Household waste as it lies in a container, uncompressed, litres per person and week. Swedes left about 190 kg residual
 * and food waste, 30 kg paper and cardboard, 15 kg plastic and 20 kg glass a head in 2022 (Avfall Sverige, Svensk
 * avfallshantering); densities of loose waste from the same guide.
 */
export const fractions = [
  { name: 'residual', litresPerPersonAndWeek: 28, bagL: 18 },
  { name: 'paper', litresPerPersonAndWeek: 11, bagL: 12 },
  { name: 'food', litresPerPersonAndWeek: 4.5, bagL: 5 },
  { name: 'plastic', litresPerPersonAndWeek: 12, bagL: 14 },
  { name: 'glass', litresPerPersonAndWeek: 1.4, bagL: 4 },
] as const;

export type Fraction = (typeof fractions)[number]['name'];

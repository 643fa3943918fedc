import type { Quantity } from '../domain/quantity.ts';

/** What a device that reports its status says about itself in every report: 0 for what its status does not name. */
export const statusQuantities = ['batteryLow', 'sensorError', 'tampered', 'alarm'] as const;
/** The same of water meters. */
export const waterStatusQuantities = ['leaking', 'burst', 'dry', 'reverseFlow', 'frost'] as const;

/**
 * The quantities that a status text claims: words that drivers of wmbusmeters write, in capitals or not, with spaces or
 * commas between them. A word that is not in the table is an alarm: nobody knows what it means but that it is not OK.
 */
export function claimsOf(status: string): ReadonlySet<Quantity> {
  const known = claims.get(status);
  if (known) return known;
  const found = new Set<Quantity>();
  for (const word of status.toUpperCase().split(/[\s,;]+/)) {
    const quantity = quantityOf.get(word) ?? 'alarm';
    if (word !== '' && quantity !== 'nothing') found.add(quantity);
  }
  if (claims.size >= MOST_CLAIMS) claims.clear();
  claims.set(status, found);
  return found;
}

/** The word to write for a claim. */
export function wordOf(quantity: Quantity): string | undefined {
  return words[quantity]?.[0];
}

/** The same few texts come again and again. */
const claims = new Map<string, ReadonlySet<Quantity>>();
const MOST_CLAIMS = 1000;

const words: Readonly<Partial<Record<Quantity, readonly string[]>>> = {
  batteryLow: [
    'POWER_LOW',
    'LOW_POWER',
    'LOW_BATTERY',
    'BATTERY_LOW',
    'LOW_BATTERY_LEVEL',
    'BATTERY_EXPIRED',
  ],
  sensorError: ['PERMANENT_ERROR', 'TEMPORARY_ERROR', 'SENSOR_ERROR', 'HARDWARE_ERROR', 'ERROR'],
  tampered: [
    'SABOTAGE_ENCLOSURE',
    'SABOTAGE',
    'TAMPER',
    'TAMPERED',
    'TAMPERING',
    'FRAUD',
    'MECHANICAL_FRAUD',
    'MECHANICAL_FRAUD_CURRENTLY',
    'SENSOR_FRAUD',
    'SENSOR_FRAUD_CURRENTLY',
    'MAGNETIC_FRAUD',
    'MAGNETIC_TAMPERING',
    'MANIPULATION',
    'REMOVED',
  ],
  leaking: ['LEAK', 'LEAKING', 'LEAKAGE', 'LEAKAGE_CURRENTLY', 'LEAK_DETECTED', 'LEAKAGE_DETECTED'],
  burst: ['BURST', 'BURSTING', 'PIPE_BURST'],
  dry: ['DRY', 'AIR_IN_PIPE', 'EMPTY_PIPE'],
  reverseFlow: ['REVERSED', 'REVERSE', 'REVERSE_FLOW', 'REVERSED_FLOW', 'BACKFLOW', 'BACK_FLOW'],
  frost: ['FROST', 'FREEZING', 'FROST_ALARM'],
  open: ['OPEN'],
  alarm: ['ALARM', 'SMOKE', 'GENERAL_ALARM'],
};

const quantityOf: ReadonlyMap<string, Quantity | 'nothing'> = new Map<string, Quantity | 'nothing'>([
  ...Object.entries(words).flatMap(([quantity, texts]) =>
    texts.map((text) => [text, isKey(quantity) ? quantity : 'nothing'] as const),
  ),
  // What is no more, or nothing.
  ...['OK', 'NO_ALARM', 'CLOSED', 'NULL', 'LEAKAGE_PREVIOUSLY', 'MECHANICAL_FRAUD_PREVIOUSLY'].map(
    (text) => [text, 'nothing'] as const,
  ),
  ['SENSOR_FRAUD_PREVIOUSLY', 'nothing'],
]);

function isKey(name: string): name is Quantity & keyof typeof words {
  return Object.hasOwn(words, name);
}

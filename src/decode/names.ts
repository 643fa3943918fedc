import { isQuantity, type Quantity } from '../domain/quantity.ts';
import { numberOf } from './payload.ts';
import { type Conversion, conversion, convert } from './units.ts';

/** What a name that somebody chose stands for: `boiler/return_temperature_c` is returnTemperatureC of channel boiler. */
export type Meaning = {
  readonly quantity: Quantity;
  /** What stands in the name before the words that are understood. */
  readonly channel?: string;
  /** To the quantity's unit; absent when the value is in it already. */
  readonly conversion?: Conversion;
  /** A claim: true and false are 1 and 0. */
  readonly isClaim: boolean;
};

/**
 * What a name with its unit means; undefined when that is not certain. The last words count: they are one of kvarter's
 * quantities, or a phrase of the table, with the unit behind them (`energy_kwh`) when none is said. A phrase whose unit
 * differs from maker to maker means nothing without one.
 *
 * Of one phase the power is phasePowerW, and energies are left out: with a channel of their own they would count as
 * meters beside the whole.
 */
export function meaningOf(name: string, unit?: string): Meaning | undefined {
  const known = meanings.get(unit)?.get(name);
  if (known !== undefined) return known.meaning;
  const meaning = name.length <= LONGEST_NAME ? findMeaning(name, unit) : undefined;
  if (remembered >= MOST_MEANINGS) {
    meanings.clear();
    remembered = 0;
  }
  const inUnit = meanings.get(unit) ?? new Map<string, Known>();
  meanings.set(unit, inUnit.set(name, { meaning }));
  remembered += 1;
  return meaning;
}

/** A value under a name that is understood; undefined when it is of another kind (a text, a claim that is a number). */
export function meantValue(value: unknown, { conversion, isClaim }: Meaning): number | undefined {
  if (typeof value === 'boolean') return isClaim ? Number(value) : undefined;
  const number = numberOf(value);
  if (number === undefined) return undefined;
  return conversion ? convert(number, conversion) : number;
}

const LONGEST_NAME = 200;
/** The same few names come again and again. */
const MOST_MEANINGS = 10_000;
type Known = { readonly meaning: Meaning | undefined };
const meanings = new Map<string | undefined, Map<string, Known>>();
let remembered = 0;

/** `unit`: taken when none is said. Without it, one must be said. `claim`: what true and false under it mean. */
export type Phrase = { readonly quantity?: Quantity; readonly unit?: string; readonly claim?: Quantity };

/** Phrases by their letters and digits. Several quantities for one: the unit decides, the first when there is none. */
export const phraseList: readonly (readonly [texts: string, ...meant: Phrase[]])[] = [
  [
    'temperature temp airtemperature indoortemperature roomtemperature ambienttemperature',
    { quantity: 'airTemperatureC', unit: '°C' },
  ],
  ['outdoortemperature outsidetemperature outdoortemp', { quantity: 'outdoorTemperatureC', unit: '°C' }],
  [
    'supplytemperature supplytemp forwardtemperature flowtemperature',
    { quantity: 'supplyTemperatureC', unit: '°C' },
  ],
  ['returntemperature returntemp', { quantity: 'returnTemperatureC', unit: '°C' }],
  ['hotwatertemperature dhwtemperature', { quantity: 'hotWaterTemperatureC', unit: '°C' }],
  ['probetemperature externaltemperature', { quantity: 'probeTemperatureC', unit: '°C' }],
  ['humidity relativehumidity rh', { quantity: 'relativeHumidityPct', unit: '%' }],
  ['co2 carbondioxide', { quantity: 'co2Ppm', unit: 'ppm' }],
  ['tvoc voc', { quantity: 'tvocPpb' }],
  ['pm25', { quantity: 'pm25Ugm3', unit: 'µg/m³' }],
  ['pm10', { quantity: 'pm10Ugm3', unit: 'µg/m³' }],
  ['soundlevel noise noiselevel', { quantity: 'soundDb', unit: 'dB' }],
  ['light illuminance lightintensity', { quantity: 'illuminanceLux', unit: 'lx' }],
  ['motion motioncount', { quantity: 'motionCount', unit: '', claim: 'occupied' }],
  ['pressure airpressure barometricpressure', { quantity: 'airPressurePa', unit: 'hPa' }],
  ['distance', { quantity: 'distanceMm', unit: 'mm' }],
  ['filllevel', { quantity: 'fillLevelPct', unit: '%' }],
  ['power activepower', { quantity: 'activePowerW', unit: 'W' }],
  ['energy activeenergy totalenergy importedenergy energyimport', { quantity: 'activeEnergyWh' }],
  ['exportedenergy energyexport producedenergy', { quantity: 'exportedEnergyWh' }],
  ['reactivepower', { quantity: 'reactivePowerVar', unit: 'var' }],
  ['reactiveenergy', { quantity: 'reactiveEnergyVarh' }],
  ['apparentpower', { quantity: 'apparentPowerVa', unit: 'VA' }],
  ['powerfactor', { quantity: 'powerFactor', unit: '' }],
  ['frequency acfrequency mainsfrequency', { quantity: 'frequencyHz', unit: 'Hz' }],
  ['voltage mainsvoltage', { quantity: 'voltageV' }],
  ['current', { quantity: 'currentA' }],
  ['heatpower heatingpower', { quantity: 'heatPowerW', unit: 'W' }],
  ['heatenergy heatingenergy', { quantity: 'heatEnergyWh' }],
  ['coolingenergy', { quantity: 'coolingEnergyWh' }],
  ['heatvolume', { quantity: 'heatVolumeL' }],
  ['flow flowrate volumeflow', { quantity: 'flowLph' }],
  ['water watervolume waterconsumption waterconsumed', { quantity: 'waterVolumeL' }],
  ['gas gasvolume gasconsumption', { quantity: 'gasVolumeL' }],
  ['pulses pulsecount', { quantity: 'pulseCount', unit: '' }],
  ['operatingtime', { quantity: 'operatingTimeH' }],
  ['valveopen valveopening valveposition', { quantity: 'valveOpenPct', unit: '%' }],
  ['battery batterylevel batterypercent', { quantity: 'batteryPct', unit: '%' }, { quantity: 'batteryMv' }],
  ['stateofcharge soc', { quantity: 'stateOfChargePct', unit: '%' }],
  ['batteryvoltage', { quantity: 'batteryMv' }],
  ['vdd', { quantity: 'batteryMv', unit: 'mV' }],
  ['rssi', { quantity: 'rssiDbm', unit: 'dBm' }],
  ['snr', { quantity: 'snrDb', unit: 'dB' }],
  ['batterylow lowbattery', { claim: 'batteryLow' }],
  ['tamper tampered', { claim: 'tampered' }],
  ['leak leaking', { claim: 'leaking' }],
  ['waterleak waterdetected flood', { claim: 'waterDetected' }],
  ['open dooropen windowopen', { claim: 'open' }],
  ['occupied occupancy presence', { claim: 'occupied' }],
  ['online', { claim: 'online' }],
  ['tilt tilted', { claim: 'tilted' }],
  ['alarm', { claim: 'alarm' }],
];

const phrases: ReadonlyMap<string, readonly Phrase[]> = new Map(
  phraseList.flatMap(([texts, ...meant]) => texts.split(' ').map((text) => [text, meant] as const)),
);

/** The units that may stand behind a name. Letters alone: what else a unit is written with parts words. */
const trailingUnits = new Set(
  'Wh kWh MWh GWh kwh wh W kW MW w kw V mV v mv A mA a ma c degC f degF m3 l L mm cm m Pa hPa kPa bar pa hpa kpa'
    .concat(' pct percent ppm ppb lux lx Hz hz var kvar varh kvarh VA kVA va kva dB dBm db dbm lph')
    .split(' '),
);

/** Per phase they would count as meters beside the whole. */
const SUMMED: ReadonlySet<Quantity> = new Set<Quantity>([
  'activeEnergyWh',
  'exportedEnergyWh',
  'reactivePowerVar',
  'reactiveEnergyVarh',
  'exportedReactiveEnergyVarh',
  'apparentPowerVa',
]);

function findMeaning(name: string, unit: string | undefined): Meaning | undefined {
  const own = ownQuantity(name, unit);
  if (own) return own;
  const trailing = unit === undefined ? trailingUnit(name) : undefined;
  const said = unit ?? trailing?.unit;
  let words = wordsOf(name.slice(0, trailing?.from));
  const phase = trailingPhase(words);
  if (phase) words = words.slice(0, -phase.words);
  for (const [index, { from }] of words.entries()) {
    const phrase = words.slice(index).map(({ text }) => text.toLowerCase());
    for (const candidate of phrases.get(phrase.join('')) ?? []) {
      const meaning = phraseMeaning(candidate, said);
      if (meaning) return placed(meaning, phase?.channel ?? channelOf(name.slice(0, from)));
    }
  }
  return undefined;
}

/** `room/airTemperatureC`: one of kvarter's own names, in its own unit or in the one that is said. */
function ownQuantity(name: string, unit: string | undefined): Meaning | undefined {
  const from = name.search(/[^/:.|\s]*$/);
  const quantity = name.slice(from);
  if (!isQuantity(quantity)) return undefined;
  const found = unit === undefined ? undefined : conversion(unit, quantity);
  if (unit !== undefined && !found) return undefined;
  return placed(
    { quantity, isClaim: claims.has(quantity), ...asNeeded(found) },
    channelOf(name.slice(0, from)),
  );
}

function phraseMeaning(
  { quantity, unit, claim }: Phrase,
  said: string | undefined,
): Omit<Meaning, 'channel'> | undefined {
  if (quantity === undefined) return claim && { quantity: claim, isClaim: true };
  const text = said ?? unit;
  const found = text === undefined ? undefined : conversion(text, quantity);
  return found && { quantity, isClaim: false, ...asNeeded(found) };
}

const claims: ReadonlySet<Quantity> = new Set(
  [...phrases.values()].flatMap((list) => list.flatMap(({ claim }) => (claim === undefined ? [] : [claim]))),
);

function asNeeded(found: Conversion | undefined): { readonly conversion?: Conversion } {
  return !found || (found.factor === 1 && found.offset === 0) ? {} : { conversion: found };
}

function placed(meaning: Omit<Meaning, 'channel'>, channel: string | undefined): Meaning | undefined {
  if (channel === undefined) return meaning;
  const phase = /^(?:phase[ _/-]?)?(?:l?([123])|([abc]))$/i.exec(channel);
  const index = phase?.[1] ?? ' abc'.indexOf(phase?.[2]?.toLowerCase() ?? '?');
  if (!phase) return { ...meaning, channel };
  if (SUMMED.has(meaning.quantity)) return undefined;
  const quantity = meaning.quantity === 'activePowerW' ? 'phasePowerW' : meaning.quantity;
  return { ...meaning, quantity, channel: `L${index}` };
}

function channelOf(text: string): string | undefined {
  const channel = text.replace(/[/:.|_\s-]+$/, '').replace(/^[/:.|_\s-]+/, '');
  return channel === '' ? undefined : channel;
}

/** `energy_kwh`, `Power (kW)`, `powerW`. */
function trailingUnit(name: string): { readonly unit: string; readonly from: number } | undefined {
  const apart = /[/:.|_\s(-]+([^/:.|_\s()-]+)\)?$/.exec(name);
  if (apart?.[1] !== undefined && trailingUnits.has(apart[1])) return { unit: apart[1], from: apart.index };
  const last = wordsOf(name).at(-1);
  return last && last.from > 0 && last.from + last.text.length === name.length && trailingUnits.has(last.text)
    ? { unit: last.text, from: last.from }
    : undefined;
}

/** `voltage_l1`, `current phase b`. */
function trailingPhase(
  words: readonly Word[],
): { readonly channel: string; readonly words: number } | undefined {
  const [before, last] = [words.at(-2)?.text.toLowerCase(), words.at(-1)?.text.toLowerCase() ?? ''];
  if (words.length > 1 && /^l[123]$/.test(last)) return { channel: last, words: 1 };
  return words.length > 2 && before === 'phase' && /^[abc123]$/.test(last)
    ? { channel: last, words: 2 }
    : undefined;
}

type Word = { readonly text: string; readonly from: number };

/** `returnTemp_c` → return, Temp, c. */
function wordsOf(name: string): readonly Word[] {
  return [...name.matchAll(/\p{Lu}+(?!\p{Ll})\d*|\p{Lu}?\p{Ll}+\d*|\p{N}+|\p{L}+/gu)].map(
    ({ 0: text, index }) => ({
      text,
      from: index,
    }),
  );
}

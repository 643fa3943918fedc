/** What a household's week is compared by: mean temperature, hot water a day, waste a week. */
export const digestMeasures = ['temperatureC', 'hotWaterLPerDay', 'wasteLPerWeek'] as const;
export type DigestMeasure = (typeof digestMeasures)[number];
export const digestLanguages = ['sv', 'en'] as const;
export type DigestLanguage = (typeof digestLanguages)[number];

export type DigestInput = {
  readonly measure: DigestMeasure;
  readonly own: number;
  /** The same of other, similar households. */
  readonly others: readonly number[];
};

export type DigestLine = {
  readonly measure: DigestMeasure;
  readonly own: number;
  /** Median of the others, and the share of them that have less, 0 … 1; undefined when they are too few to be nobody. */
  readonly median: number | undefined;
  readonly less: number | undefined;
};

const GRAIN: Readonly<Record<DigestMeasure, number>> = {
  temperatureC: 0.5,
  hotWaterLPerDay: 10,
  wasteLPerWeek: 10,
};

/**
 * Compares a household with others that are like it. Nothing is said of fewer than `k` others: then the median is somebody's.
 * The median is given to half a degree or ten litres, which of many is nobody's own, and the share that has less in tenths:
 * one household more or less does not show in it.
 */
export function digestOf(inputs: readonly DigestInput[], k: number): readonly DigestLine[] {
  return inputs.map(({ measure, own, others }) => {
    if (others.length < k) return { measure, own, median: undefined, less: undefined };
    const sorted = others.toSorted((a, b) => a - b);
    const half = sorted.length >> 1;
    const [low = 0, high = 0] =
      sorted.length % 2 === 1 ? [sorted[half], sorted[half]] : [sorted[half - 1], sorted[half]];
    const less = sorted.filter((value) => value < own).length / sorted.length;
    const median = Math.round((low + high) / 2 / GRAIN[measure]) * GRAIN[measure];
    return { measure, own, median, less: Math.round(less * 10) / 10 };
  });
}

type Words = {
  readonly title: string;
  readonly names: Readonly<Record<DigestMeasure, string>>;
  readonly units: Readonly<Record<DigestMeasure, string>>;
  readonly others: (median: string) => string;
  readonly few: string;
  readonly nothing: string;
  readonly tips: Readonly<Record<DigestMeasure, string>>;
};

const words: Readonly<Record<DigestLanguage, Words>> = {
  sv: {
    title: 'Din vecka hemma',
    names: { temperatureC: 'Inomhustemperatur', hotWaterLPerDay: 'Varmvatten', wasteLPerWeek: 'Avfall' },
    units: { temperatureC: '°C', hotWaterLPerDay: 'liter per dag', wasteLPerWeek: 'liter per vecka' },
    others: (median) => `liknande hushåll: ${median}`,
    few: 'för få liknande hushåll för en jämförelse',
    nothing: 'Inget har mätts i hemmet de dagarna.',
    tips: {
      temperatureC: 'Varmare än hos de flesta: en grad lägre märks knappt men sparar värme.',
      hotWaterLPerDay: 'Mer varmvatten än hos de flesta: kortare duschar sparar mest.',
      wasteLPerWeek: 'Mer avfall än hos de flesta: sortera ut papper, plast och mat.',
    },
  },
  en: {
    title: 'Your week at home',
    names: { temperatureC: 'Indoor temperature', hotWaterLPerDay: 'Hot water', wasteLPerWeek: 'Waste' },
    units: { temperatureC: '°C', hotWaterLPerDay: 'litres a day', wasteLPerWeek: 'litres a week' },
    others: (median) => `similar households: ${median}`,
    few: 'too few similar households to compare with',
    nothing: 'Nothing was measured at home on these days.',
    tips: {
      temperatureC: 'Warmer than most: one degree less is hardly felt and saves heat.',
      hotWaterLPerDay: 'More hot water than most: shorter showers save most.',
      wasteLPerWeek: 'More waste than most: sort out paper, plastic and food.',
    },
  },
};

const DATES: Readonly<Record<DigestLanguage, string>> = { sv: 'sv-SE', en: 'en-GB' };

/** A household is told what it could do when so many have less … */
const MOST = 0.7;
/** … and it is more than anybody would take for the same: °C of a room, and a share of what is used or thrown away. */
const NOTABLE_C = 0.5;
const NOTABLE_SHARE = 0.1;
/** One degree less is no advice to a flat that would then be close to cold: HSLF-FS 2024:10 begins at 20 °C. */
const WARM_C = 21.5;

function isTipped({ measure, own, median, less }: DigestLine): boolean {
  if (median === undefined || less === undefined || less < MOST) return false;
  if (measure !== 'temperatureC') return own >= median * (1 + NOTABLE_SHARE);
  return own >= WARM_C && own >= median + NOTABLE_C;
}

/** The span of a digest, and the clock by which its days are named. */
export type DigestSpan = { readonly fromMs: number; readonly toMs: number; readonly zone: string };

/** The digest as text for the residents. */
export function digestText(
  lines: readonly DigestLine[],
  language: DigestLanguage,
  { fromMs, toMs, zone }: DigestSpan,
): string {
  const { title, names, units, others, few, nothing, tips } = words[language];
  const days = new Intl.DateTimeFormat(DATES[language], { day: 'numeric', month: 'long', timeZone: zone });
  const said = lines.flatMap((line) => {
    const { measure, own, median } = line;
    const digits = measure === 'temperatureC' ? 1 : 0;
    const number = new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    const compared = median === undefined ? few : others(number.format(median));
    const text = `${names[measure]}: ${number.format(own)} ${units[measure]} (${compared})`;
    return isTipped(line) ? [text, `  ${tips[measure]}`] : [text];
  });
  return `${[`${title}, ${days.formatRange(fromMs, toMs - 1)}`, ...(said.length > 0 ? said : [nothing])].join('\n')}\n`;
}

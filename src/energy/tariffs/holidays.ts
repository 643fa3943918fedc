import { DAY_MS } from '../../domain/interval.ts';

/** Days between Easter Sunday and the movable feasts that hang on it. */
const easter = {
  maundyThursday: -3,
  goodFriday: -2,
  easterEve: -1,
  easterSunday: 0,
  easterMonday: 1,
  ascension: 39,
  whitEve: 48,
  whitSunday: 49,
  whitMonday: 50,
} as const;

type Feast = keyof typeof easter;
/** The Saturday of the week that begins on a date, [month, day]. */
type SaturdayFrom = readonly [month: number, day: number];

type Country = {
  readonly fixed: readonly string[];
  readonly feasts: readonly Feast[];
  readonly saturdays?: readonly SaturdayFrom[];
  readonly eves: { readonly fixed: readonly string[]; readonly feasts: readonly Feast[] };
};

/** Midsummer Day: the Saturday of 20 to 26 June. All Saints' Day: that of 31 October to 6 November. */
const MIDSUMMER: SaturdayFrom = [6, 20];
const ALL_SAINTS: SaturdayFrom = [10, 31];
const eves = { fixed: ['12-24', '12-31'], feasts: ['easterEve', 'whitEve'] } as const;

/**
 * Public holidays by rule. Sources: Sweden, lag (1989:253) om allmänna helgdagar, and its eves as in semesterlagen 3 a §;
 * Norway, lov om helligdager 1995; Denmark, lov om folkekirkens helligdage (store bededag until 2023); Finland, kyrkolagen and
 * laki itsenäisyyspäivän viettämisestä; Belgium, royal decree of 18 April 1974.
 */
const countries: Readonly<Record<string, Country>> = {
  'Europe/Stockholm': {
    fixed: ['01-01', '01-06', '05-01', '06-06', '12-25', '12-26'],
    feasts: ['goodFriday', 'easterSunday', 'easterMonday', 'ascension', 'whitSunday'],
    saturdays: [MIDSUMMER, ALL_SAINTS],
    eves,
  },
  'Europe/Oslo': {
    fixed: ['01-01', '05-01', '05-17', '12-25', '12-26'],
    feasts: [
      'maundyThursday',
      'goodFriday',
      'easterSunday',
      'easterMonday',
      'ascension',
      'whitSunday',
      'whitMonday',
    ],
    eves,
  },
  'Europe/Copenhagen': {
    fixed: ['01-01', '12-25', '12-26'],
    feasts: [
      'maundyThursday',
      'goodFriday',
      'easterSunday',
      'easterMonday',
      'ascension',
      'whitSunday',
      'whitMonday',
    ],
    eves,
  },
  'Europe/Helsinki': {
    fixed: ['01-01', '01-06', '05-01', '12-06', '12-25', '12-26'],
    feasts: ['goodFriday', 'easterSunday', 'easterMonday', 'ascension', 'whitSunday'],
    saturdays: [MIDSUMMER, ALL_SAINTS],
    eves,
  },
  'Europe/Brussels': {
    fixed: ['01-01', '05-01', '07-21', '08-15', '11-01', '11-11', '12-25'],
    feasts: ['easterSunday', 'easterMonday', 'ascension', 'whitSunday', 'whitMonday'],
    eves: { fixed: ['12-24', '12-31'], feasts: [] },
  },
};

/** Zones whose holidays are known by rule. */
export const holidayZones: readonly string[] = Object.keys(countries);

const cache = new Map<string, ReadonlySet<string>>();

/** Dates (`YYYY-MM-DD`) of a year's public holidays in a zone's country; undefined when there is no rule for it. */
export function holidaysOf(timeZone: string, year: number): ReadonlySet<string> | undefined {
  return datesOf(timeZone, year, 'holidays');
}

/** Dates of the eves that are as good as holidays: Easter, Whitsun, Midsummer, Christmas and New Year's Eve. */
export function evesOf(timeZone: string, year: number): ReadonlySet<string> | undefined {
  return datesOf(timeZone, year, 'eves');
}

/** Is a date, as midnight UTC of its name, a public holiday, or an eve that is as good as one, by the rule of the zone's country? */
export function isHoliday(timeZone: string, dateMs: number): boolean {
  const date = dateOf(dateMs);
  const year = Number(date.slice(0, 4));
  return [holidaysOf(timeZone, year), evesOf(timeZone, year)].some((dates) => dates?.has(date));
}

function datesOf(timeZone: string, year: number, what: 'holidays' | 'eves'): ReadonlySet<string> | undefined {
  const country = countries[timeZone];
  if (!country) return undefined;
  const key = `${timeZone} ${year} ${what}`;
  let dates = cache.get(key);
  if (!dates) {
    const { fixed, feasts } = what === 'holidays' ? country : country.eves;
    const sunday = easterSunday(year);
    dates = new Set([
      ...fixed.map((monthDay) => `${year}-${monthDay}`),
      ...feasts.map((feast) => dateOf(sunday + easter[feast] * DAY_MS)),
      ...(what === 'holidays' ? (country.saturdays ?? []).map((from) => dateOf(saturday(year, from))) : []),
      ...(what === 'eves' && country.saturdays ? [dateOf(saturday(year, MIDSUMMER) - DAY_MS)] : []),
      ...(what === 'holidays' && timeZone === 'Europe/Copenhagen' && year < 2024
        ? [dateOf(sunday + 26 * DAY_MS)]
        : []),
    ]);
    if (cache.size > 1000) cache.clear();
    cache.set(key, dates);
  }
  return dates;
}

/** Gregorian Easter by the anonymous algorithm (Nature, 20 April 1876; Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): number {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1);
}

function saturday(year: number, [month, day]: SaturdayFrom): number {
  const fromMs = Date.UTC(year, month - 1, day);
  return fromMs + ((6 - new Date(fromMs).getUTCDay() + 7) % 7) * DAY_MS;
}

function dateOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

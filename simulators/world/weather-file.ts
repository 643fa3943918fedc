import { KvarterError } from '../../src/domain/errors.ts';
import { isoTime } from '../../src/domain/time.ts';
import { parseSeriesFile, type Series } from '../../src/energy/loads/series-file.ts';
import type { LineNote } from '../../src/energy/loads/series-rows.ts';
import type { Weather, WeatherNow } from './weather.ts';

/** What each column is called in files of weather services; the first that fits. The first field is the time. */
const names = {
  outdoorC: /temp/i,
  humidityPct: /hum/i,
  irradianceWm2: /irad|irrad|ghi|solar|global/i,
  windMs: /wind/i,
} as const;
type Column = keyof typeof names;
const columns = Object.keys(names).filter(isColumn);

/** A gap of a temperature that is bridged with a line. */
const MAX_GAP_MS = 24 * 3_600_000;

/**
 * Weather from a CSV: a column of times (starts of 15, 30 or 60 minutes, ISO 8601; without offset in UTC, as weather
 * services write) and columns whose names say temperature (°C), humidity (%), irradiance (W/m², horizontal), wind (m/s).
 * What the file has no column for comes from `other`. A time outside the file is read in another year of it.
 *
 * @throws KvarterError `input-invalid` that names the file's line
 */
export function weatherFromFile({ name, text }: { name: string; text: string }, other: Weather): Weather {
  const newline = text.indexOf('\n');
  const header = canonical(newline < 0 ? text : text.slice(0, newline));
  const parsed = parseSeriesFile(header + (newline < 0 ? '' : text.slice(newline)), {
    timeZone: 'UTC',
    columns,
    required: [['outdoorC']],
  });
  const says = ({ line, message }: LineNote) =>
    `${name}:${line}: ${message.replaceAll('outdoorC', 'temperature')}`;
  if (!parsed.ok) throw new KvarterError('input-invalid', parsed.problems.slice(0, 20).map(says).join('\n'));
  const { series } = parsed;
  const filled = new Map(
    [...series.columns].map(([column, values]) => [column, bridged(values, series, name)]),
  );
  const placeOf = createPlaces(series, name);
  const read = (column: Column, atMs: number, otherwise: number): number => {
    const values = filled.get(column);
    if (!values) return otherwise;
    const place = placeOf(atMs);
    const before = Math.min(Math.floor(place), values.length - 1);
    const [a = otherwise, b = a] = [values[before], values[Math.min(before + 1, values.length - 1)]];
    return a + (b - a) * (place - before);
  };
  return {
    at: (atMs): WeatherNow => {
      const invented = other.at(atMs);
      return {
        outdoorC: read('outdoorC', atMs, invented.outdoorC),
        irradianceWm2: Math.max(read('irradianceWm2', atMs, invented.irradianceWm2), 0),
        humidityPct: Math.min(Math.max(read('humidityPct', atMs, invented.humidityPct), 1), 100),
        windMs: Math.max(read('windMs', atMs, invented.windMs), 0),
      };
    },
  };
}

/** The header with the names that this file reads by; what is not known keeps its own. */
function canonical(header: string): string {
  const taken = new Set<Column>();
  return header
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((field, i) => {
      if (i === 0 && /time|date/i.test(field)) return 'time';
      const column = columns.find((known) => !taken.has(known) && names[known].test(field));
      if (!column) return field;
      taken.add(column);
      return column;
    })
    .join(',');
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(names, name);
}

/** Missing values on a line between their neighbours. */
function bridged(values: Float64Array, { fromMs, spacingMs }: Series<Column>, name: string): Float64Array {
  const filled = Float64Array.from(values);
  let last = -1;
  for (let i = 0; i <= filled.length; i += 1) {
    if (i < filled.length && Number.isNaN(filled[i])) continue;
    if ((i - last - 1) * spacingMs > MAX_GAP_MS) {
      const since = isoTime(fromMs + (last + 1) * spacingMs);
      throw new KvarterError(
        'input-invalid',
        `${name}: more than a day is missing from ${since} on: fill it in`,
      );
    }
    const [before = filled[i] ?? 0, after = filled[last] ?? 0] = [filled[last], filled[i]];
    for (let gap = last + 1; gap < i; gap += 1) {
      filled[gap] = before + ((after - before) * (gap - last)) / (i - last);
    }
    last = i;
  }
  return filled;
}

/** Where in the file a moment is, in intervals; that of another year when the file has not its own. */
function createPlaces({ fromMs, spacingMs, length }: Series<Column>, name: string): (atMs: number) => number {
  const toMs = fromMs + length * spacingMs;
  const [first, last] = [new Date(fromMs).getUTCFullYear(), new Date(toMs - 1).getUTCFullYear()];
  return (atMs) => {
    if (atMs >= fromMs && atMs < toMs) return (atMs - fromMs) / spacingMs;
    for (let year = first; year <= last; year += 1) {
      const moved = new Date(atMs).setUTCFullYear(year);
      if (moved >= fromMs && moved < toMs) return (moved - fromMs) / spacingMs;
    }
    throw new KvarterError(
      'input-invalid',
      `${name}: there is no weather for ${isoTime(atMs).slice(5, 16)} in any year of it (${isoTime(fromMs)} to ${isoTime(toMs)})`,
    );
  };
}

import { escape as escapeLine } from '@influxdata/influxdb-client';
import type { Interval } from '../domain/interval.ts';
import type { PlacedPoint, Reading } from '../domain/reading.ts';

export const INTERVAL_MEASUREMENT = 'interval';

/** Line protocol, with the time in milliseconds. */
export type LineWriter = (reading: Reading) => string;

/** A point's series is made into text once: it is most of the line. */
export function createReadingLines(): LineWriter {
  const texts = new WeakMap<PlacedPoint, string>();
  return ({ point, value, atMs }) => {
    let series = texts.get(point);
    if (series === undefined) {
      series = seriesText(point.quantity, {
        area: point.area,
        building: point.building,
        channel: point.channel,
        device: point.device,
        organisation: point.organisation,
        space: point.space,
      });
      texts.set(point, series);
    }
    return `${series} value=${value} ${atMs}`;
  };
}

export function intervalLine({ meter, fromMs, energyWh, coverage }: Interval): string {
  const { carrier, channel, device } = meter;
  const series = seriesText(INTERVAL_MEASUREMENT, { carrier, channel, device });
  return `${series} energyWh=${energyWh},coverage=${coverage} ${fromMs}`;
}

/**
 * How a name is kept as a tag. Line protocol has no way to write a backslash before a comma or at the end, nor a line
 * break, so those are kept as `%` and two hexadecimal digits, and `%` itself too.
 */
export function tagText(name: string): string {
  return name.replace(
    UNWRITABLE,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

export function tagName(text: string): string {
  return text.replace(/%([0-9A-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what cannot be written
const UNWRITABLE = /[%\\\u0000-\u001f\u007f]/g;

/** Tags in alphabetical order, which spares the server sorting them. An empty tag cannot be written: it is absent. */
function seriesText(measurement: string, tags: Readonly<Record<string, string | undefined>>): string {
  let text = measurement;
  for (const [name, value] of Object.entries(tags)) {
    if (value) text += `,${name}=${escapeLine.tag(tagText(value))}`;
  }
  return text;
}

import { believedHours } from '../comfort/thermometer.ts';
import { HOUR_MS } from '../domain/interval.ts';
import type { Quantity } from '../domain/quantity.ts';
import type { Register } from '../domain/register.ts';
import type { Weather } from '../energy/loads/weather-file.ts';
import type { ReadingStore } from '../store/store.ts';
import type { ChannelsOf } from './main-meters.ts';

const QUANTITIES: readonly Quantity[] = ['outdoorTemperatureC', 'airTemperatureC'];
/** Thermometers that are asked; their mean is taken. */
const MOST_POINTS = 3;

/**
 * Hourly means of the outdoor thermometers of buildings, of the others of the organisation where they have none;
 * undefined where nothing was measured.
 */
export async function outdoorOf(
  store: Pick<ReadingStore, 'means'>,
  { register, buildings, channelsOf }: OutdoorPlace,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<Weather | undefined> {
  const all = [...register.devices.values()].flat().filter(({ role }) => role === 'outdoor');
  const own = all.filter(({ building }) => buildings.has(building));
  const points = (own.length > 0 ? own : all).slice(0, MOST_POINTS).flatMap(({ id, channel }) => {
    const channels = channel === undefined ? channelsOf(id) : [channel];
    return (channels.length === 0 ? [undefined] : channels.slice(0, MOST_POINTS)).flatMap((one) =>
      QUANTITIES.map((quantity) => ({
        device: id,
        quantity,
        ...(one === undefined ? {} : { channel: one }),
      })),
    );
  });
  const length = Math.ceil((toMs - fromMs) / HOUR_MS);
  const [sums, counts] = [new Float64Array(length), new Float64Array(length)];
  for (const point of points) {
    const hours = await store.means({ point, fromMs, toMs, stepMs: HOUR_MS });
    for (const { fromMs: atMs, mean } of believedHours(hours, 'outdoors')) {
      const hour = Math.floor((atMs - fromMs) / HOUR_MS);
      sums[hour] = (sums[hour] ?? 0) + mean;
      counts[hour] = (counts[hour] ?? 0) + 1;
    }
  }
  if (counts.every((count) => count === 0)) return undefined;
  // 0 / 0 is NaN: missing.
  return { fromMs, spacingMs: HOUR_MS, temperatureC: sums.map((sum, hour) => sum / (counts[hour] ?? 0)) };
}

export type OutdoorPlace = {
  readonly register: Register;
  readonly buildings: ReadonlySet<string>;
  readonly channelsOf: ChannelsOf;
};

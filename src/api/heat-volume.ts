import { QUARTER_MS } from '../domain/interval.ts';
import { pointKey } from '../domain/reading.ts';
import { countedPart, type Holds } from '../energy/loads/intervals.ts';
import { powerEnergy, registerEnergy, type Samples } from '../energy/loads/samples.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { ReadingStore } from '../store/store.ts';
import type { MainMeter } from './main-meters.ts';

const LITRES_IN_M3 = 1000;

/**
 * What flowed through heat meters in each quarter of a span, m³, by their registers of volume, else by their flow; NaN where one that
 * counts says too little.
 */
export async function heatVolume(
  store: Pick<ReadingStore, 'samples'>,
  meters: readonly MainMeter[],
  { fromMs, toMs }: Span,
  holds: Holds,
): Promise<Float64Array> {
  const m3 = new Float64Array(Math.max(0, Math.floor((toMs - fromMs) / QUARTER_MS)));
  const beforeMs = Math.max(holds.registerGapMs, holds.powerHoldMs);
  for (const { row, meter } of meters) {
    const counted = countedPart(row, fromMs, toMs);
    if (counted.fromMs >= counted.toMs) continue;
    const { device, channel } = meter;
    const pointOf = (quantity: 'heatVolumeL' | 'flowLph') => ({
      device,
      quantity,
      ...(channel === undefined ? {} : { channel }),
    });
    const [volume, flow] = [pointOf('heatVolumeL'), pointOf('flowLph')];
    const found = await store.samples({
      points: [volume, flow],
      fromMs: counted.fromMs - beforeMs,
      toMs: counted.toMs + beforeMs,
    });
    const samplesOf = (key: string): Samples => {
      const own = found.filter(({ point }) => pointKey(point) === key);
      return { atMs: own.map(({ atMs }) => atMs), values: own.map(({ value }) => value) };
    };
    const [litres, litresAnHour] = [samplesOf(pointKey(volume)), samplesOf(pointKey(flow))];
    for (let i = 0; i < m3.length; i += 1) {
      const part = countedPart(row, fromMs + i * QUARTER_MS, fromMs + (i + 1) * QUARTER_MS);
      if (part.fromMs >= part.toMs) continue;
      // Litres and litres an hour are to each other as watt-hours and watts.
      const counter = registerEnergy(litres, part.fromMs, part.toMs, holds.registerGapMs);
      const gauge = powerEnergy(litresAnHour, part.fromMs, part.toMs, holds.powerHoldMs);
      const { energyWh: flowed, knownMs } = counter.knownMs >= gauge.knownMs ? counter : gauge;
      const isKnown = knownMs >= (part.toMs - part.fromMs) / 2;
      m3[i] = isKnown ? (m3[i] ?? 0) + flowed / LITRES_IN_M3 : Number.NaN;
    }
  }
  return m3;
}

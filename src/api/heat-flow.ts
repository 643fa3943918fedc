import { HOUR_MS, QUARTER_MS } from '../domain/interval.ts';
import { pointKey } from '../domain/reading.ts';
import { countedPart, type Holds } from '../energy/loads/intervals.ts';
import type { Load } from '../energy/loads/load-file.ts';
import { powerEnergy, registerEnergy, type Samples } from '../energy/loads/samples.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { ReadingStore } from '../store/store.ts';
import type { MainMeter } from './main-meters.ts';

/** What flowed through heat meters in each quarter of a span, m³, and how warm it came and went, °C; NaN where that is not known. */
export type HeatFlow = Required<Pick<Load, 'm3' | 'returnC' | 'supplyC'>>;

const LITRES_IN_M3 = 1000;
const WH_IN_KWH = 1000;
/** Of what warms a cubic metre of the return by a degree up to the supply, kWh: water of 40 °C in the flow sensor (EN 1434-1). */
const KWH_PER_M3_C = 1.153;
const QUANTITIES = [
  'heatVolumeL',
  'flowLph',
  'heatEnergyWh',
  'heatPowerW',
  'returnTemperatureC',
  'supplyTemperatureC',
] as const;
type Quantity = (typeof QUANTITIES)[number];

/**
 * Volume is that of the registers, else of the flow, of all meters that count. Their temperatures together are those of the
 * water that flowed, so that of several each must say its flow. The return is what the heat leaves of the supply: a momentary
 * temperature does not know how much flows with it (in a month of two simulated houses: 1.5 and 2.8 °C too warm).
 */
export async function heatFlow(
  store: Pick<ReadingStore, 'samples'>,
  meters: readonly MainMeter[],
  { fromMs, toMs }: Span,
  holds: Holds,
): Promise<HeatFlow> {
  const length = Math.max(0, Math.floor((toMs - fromMs) / QUARTER_MS));
  const [m3, returned, supplied] = [new Float64Array(length), mixture(length), mixture(length)];
  const beforeMs = Math.max(holds.registerGapMs, holds.powerHoldMs);
  for (const { row, meter } of meters) {
    const counted = countedPart(row, fromMs, toMs);
    if (counted.fromMs >= counted.toMs) continue;
    const span = { fromMs: counted.fromMs - beforeMs, toMs: counted.toMs + beforeMs };
    const samples = await samplesOf(store, meter, span);
    for (let i = 0; i < length; i += 1) {
      const part = countedPart(row, fromMs + i * QUARTER_MS, fromMs + (i + 1) * QUARTER_MS);
      if (part.fromMs >= part.toMs) continue;
      const flowedM3 = volumeIn(samples, part, holds);
      m3[i] = (m3[i] ?? 0) + flowedM3;
      const supplyC = meanIn(samples.supplyTemperatureC, part, holds);
      const leftC = supplyC - heatIn(samples, part, holds) / (flowedM3 * KWH_PER_M3_C);
      const returnC = Number.isFinite(leftC) ? leftC : meanIn(samples.returnTemperatureC, part, holds);
      returned.add(i, flowedM3, returnC);
      supplied.add(i, flowedM3, supplyC);
    }
  }
  return { m3, returnC: returned.meansC(), supplyC: supplied.meansC() };
}

/** Water of several meters, by quarter. */
function mixture(length: number) {
  const count = new Uint32Array(length);
  const [m3, m3C, lastC] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  return {
    add: (i: number, flowedM3: number, atC: number): void => {
      // What does not flow has no say, known or not.
      if (flowedM3 === 0 && Number.isNaN(atC)) return;
      count[i] = (count[i] ?? 0) + 1;
      lastC[i] = atC;
      m3[i] = (m3[i] ?? 0) + flowedM3;
      m3C[i] = (m3C[i] ?? 0) + (flowedM3 === 0 ? 0 : flowedM3 * atC);
    },
    meansC: (): Float64Array =>
      lastC.map((onlyC, i) => {
        if (count[i] === 0) return Number.NaN;
        const isStill = m3[i] === 0;
        return count[i] === 1 || isStill ? onlyC : (m3C[i] ?? 0) / (m3[i] ?? 0);
      }),
  };
}

type MeterSamples = Readonly<Record<Quantity, Samples>>;

async function samplesOf(
  store: Pick<ReadingStore, 'samples'>,
  { device, channel }: MainMeter['meter'],
  span: Span,
): Promise<MeterSamples> {
  const pointOf = (quantity: Quantity) => ({
    device,
    quantity,
    ...(channel === undefined ? {} : { channel }),
  });
  const found = await store.samples({ points: QUANTITIES.map(pointOf), ...span });
  const byKey = Map.groupBy(found, ({ point }) => pointKey(point));
  const of = (quantity: Quantity): Samples => {
    const own = byKey.get(pointKey(pointOf(quantity))) ?? [];
    return { atMs: own.map(({ atMs }) => atMs), values: own.map(({ value }) => value) };
  };
  return {
    heatVolumeL: of('heatVolumeL'),
    flowLph: of('flowLph'),
    heatEnergyWh: of('heatEnergyWh'),
    heatPowerW: of('heatPowerW'),
    returnTemperatureC: of('returnTemperatureC'),
    supplyTemperatureC: of('supplyTemperatureC'),
  };
}

/** Of less than half of the time nothing is said. */
const LEAST_KNOWN = 0.5;

/** m³. Litres and litres an hour are to each other as watt-hours and watts. */
function volumeIn({ heatVolumeL, flowLph }: MeterSamples, span: Span, holds: Holds): number {
  return countedIn(heatVolumeL, flowLph, span, holds) / LITRES_IN_M3;
}

/** kWh. */
function heatIn({ heatEnergyWh, heatPowerW }: MeterSamples, span: Span, holds: Holds): number {
  return countedIn(heatEnergyWh, heatPowerW, span, holds) / WH_IN_KWH;
}

/** By the register, where the gauge does not know more. */
function countedIn(register: Samples, gauge: Samples, { fromMs, toMs }: Span, holds: Holds): number {
  const counter = registerEnergy(register, fromMs, toMs, holds.registerGapMs);
  const told = powerEnergy(gauge, fromMs, toMs, holds.powerHoldMs);
  const { energyWh: counted, knownMs } = counter.knownMs >= told.knownMs ? counter : told;
  return knownMs >= (toMs - fromMs) * LEAST_KNOWN ? counted : Number.NaN;
}

/** A temperature holds for as long as a register may be silent: it moves by the hour, and many meters tell it so. */
function meanIn(samples: Samples, { fromMs, toMs }: Span, { registerGapMs }: Holds): number {
  const { energyWh, knownMs } = powerEnergy(samples, fromMs, toMs, registerGapMs);
  return knownMs >= (toMs - fromMs) * LEAST_KNOWN ? (energyWh * HOUR_MS) / knownMs : Number.NaN;
}

import { isRecord } from '../../domain/record.ts';
/** Where a value that is read in another place stands in what was published. */
export type Moved = [made: string, published: readonly PropertyKey[]];

type Json = Readonly<Record<string, unknown>>;

const COST_FUNCTIONS = ['sum(volume(c)*price(c))', 'sum(price(c)*volume(c))'];

/**
 * Tariffs of district heating have an `efficiencyPrice`, with or without components. Those by volume are prices of flow, as
 * `energyPrice` has them under `x-kvarter.flow`; any other stays where it is, and is refused there.
 */
export function withFlowPrices(tariff: Json, t: number, moved: Moved[]): Json {
  const { efficiencyPrice, ...rest } = tariff;
  if (efficiencyPrice === null || efficiencyPrice === undefined) return rest;
  if (!isRecord(efficiencyPrice) || !Array.isArray(efficiencyPrice.components)) return tariff;
  const { costFunction, components } = efficiencyPrice;
  if (components.length === 0) return rest;
  const isUnderstood =
    costFunction === null ||
    costFunction === undefined ||
    COST_FUNCTIONS.includes(String(costFunction).replaceAll(/\s/g, ''));
  if (!isUnderstood || !components.every(isByVolume)) return tariff;
  const { energyPrice } = rest;
  const energy: Json = isRecord(energyPrice) ? energyPrice : {};
  const before: readonly unknown[] = Array.isArray(energy.components) ? energy.components : [];
  for (const [c] of components.entries()) {
    moved.push([
      `tariffs.${t}.energyPrice.components.${before.length + c}`,
      ['tariffs', t, 'efficiencyPrice', 'components', c],
    ]);
  }
  return {
    ...rest,
    energyPrice: { ...energy, components: [...before, ...components.map(flowPrice)] },
  };
}

function isByVolume(component: unknown): component is Json {
  return isRecord(component) && component.measurementMethod === 'volume';
}

function flowPrice({
  measurementMethod,
  measurementPeriod,
  returnTemperatureSettings,
  type,
  ...component
}: Json): Json {
  return { ...component, unit: component.unit ?? 'm3', 'x-kvarter': { flow: true } };
}

import { z } from 'zod';
import { isRecord } from '../../domain/record.ts';

/** Where a value that is read in another place stands in what was published. */
export type Moved = [made: string, published: readonly PropertyKey[]];

type Json = Readonly<Record<string, unknown>>;

/** What the costs of each kind of component are the sum of. */
const costFunctions = {
  volume: ['sum(volume(c)*price(c))', 'sum(price(c)*volume(c))'],
  returnTemperature: ['sum(energy(c)*temperatureDeviation(c)*price(c))'],
} as const;
const isMethod = (value: unknown): value is keyof typeof costFunctions =>
  typeof value === 'string' && value in costFunctions;

/** An efficiencyPrice that is not read as prices of flow or temperature, and why. */
export const refusedEfficiency = z
  .looseObject({
    costFunction: z.string().nullish(),
    components: z.array(
      z.looseObject({
        measurementMethod: z.unknown().refine(isMethod, 'must be volume or returnTemperature'),
      }),
    ),
  })
  .superRefine(({ costFunction, components }, { addIssue }) => {
    for (const [c, component] of components.entries()) {
      const { measurementMethod: method } = component;
      if (!isMethod(method) || isPrice(component, costFunction)) continue;
      const message = `${method} does not go with the costFunction ${costFunction}: ${costFunctions[method][0]} does`;
      addIssue({ code: 'custom', path: ['components', c, 'measurementMethod'], message });
    }
  });

/**
 * Tariffs of district heating have an `efficiencyPrice`, with or without components. Those by volume are prices of flow, as
 * `energyPrice` has them under `x-kvarter.flow`, and those by return temperature are `x-kvarter.temperature`, whose reference
 * they have to give; any other stays where it is, and is refused there.
 */
export function withEfficiencyPrices(tariff: Json, t: number, moved: Moved[]): Json {
  const { efficiencyPrice, ...rest } = tariff;
  if (efficiencyPrice === null || efficiencyPrice === undefined) return rest;
  if (!isRecord(efficiencyPrice) || !Array.isArray(efficiencyPrice.components)) return tariff;
  const { costFunction, components } = efficiencyPrice;
  if (components.length === 0) return rest;
  const isUnderstood = components.every((component) => isPrice(component, costFunction));
  if (!isUnderstood) return tariff;
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
    energyPrice: { ...energy, components: [...before, ...components.map(energyComponent)] },
  };
}

function isPrice(component: unknown, costFunction: unknown): component is Json {
  if (!isRecord(component)) return false;
  if (!isMethod(component.measurementMethod)) return false;
  if (costFunction === null || costFunction === undefined) return true;
  const known: readonly string[] = costFunctions[component.measurementMethod];
  return known.includes(String(costFunction).replaceAll(/\s/g, ''));
}

function energyComponent({
  measurementMethod,
  measurementPeriod,
  returnTemperatureSettings,
  type,
  ...component
}: Json): Json {
  const extension = isRecord(component['x-kvarter']) ? component['x-kvarter'] : {};
  if (measurementMethod === 'volume') {
    return { ...component, unit: component.unit ?? 'm3', 'x-kvarter': { ...extension, flow: true } };
  }
  // What it is compared with is said in words of kvarter's: without them the reference is asked for.
  const temperature = extension.temperature ?? {};
  return { ...component, unit: component.unit ?? 'MWh', 'x-kvarter': { ...extension, temperature } };
}

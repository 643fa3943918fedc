import type { ServiceTrouble } from '../alerts/service-watch.ts';
import { DAY_MS } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import type { Clock } from '../domain/time.ts';
import type { Tariff } from '../energy/tariffs/compile-tariff.ts';

/** It is told so long before, that there is time to ask for the new prices. */
const AHEAD_DAYS = 14;
/** Who has lived with last year's prices for a year need not be told. */
const SINCE_DAYS = 366;

/** Tells an operator of tariffs in use whose prices end: last year's stand in for peaks and batteries, which nobody else notices. */
export function createTariffTroubles(
  register: () => Register,
  tariffs: ReadonlyMap<string, Tariff>,
  clock: Clock,
): () => readonly ServiceTrouble[] {
  // It changes once a day, and is asked for each second.
  const known = new Map<Tariff, { readonly dayMs: number; readonly end: string | undefined }>();
  const endOf = (tariff: Tariff, nowMs: number): string | undefined => {
    const { fromMs: dayMs } = tariff.zone.dayAt(nowMs);
    const before = known.get(tariff);
    if (before?.dayMs === dayMs) return before.end;
    const end = endAround(tariff, dayMs);
    known.set(tariff, { dayMs, end });
    return end;
  };
  let used: { readonly of: Register; readonly places: ReturnType<typeof placesByTariff> } | undefined;
  /** Made once for each register. */
  const placesNow = () => {
    const current = register();
    if (used?.of !== current) used = { of: current, places: placesByTariff(current) };
    return used.places;
  };
  return () => {
    const nowMs = clock();
    return placesNow().flatMap(([name, places]): ServiceTrouble[] => {
      const tariff = tariffs.get(name);
      if (!tariff) return [];
      const from = endOf(tariff, nowMs);
      const says = `From ${from} on it has no prices (${places}). Peaks and batteries then go by those of its last year, and its bill cannot be made`;
      return [
        {
          subject: `tariff ${name}`,
          kind: 'tariff',
          severity: 'warning',
          title: `The prices of the tariff ${name} end`,
          todo: 'Put the new tariff into the folder of tariffs, name it in places.yaml, and start kvarter again.',
          forMs: 0,
          detail: from === undefined ? undefined : says,
          facts: { tariff: name, from: from ?? '', places },
        },
      ];
    });
  };
}

/** The names of the places that have each tariff. */
function placesByTariff({
  areas,
  buildings,
}: Register): readonly (readonly [tariff: string, places: string])[] {
  const billed = [...buildings.values(), ...areas].flatMap(({ name, tariff, heatTariff }) =>
    [tariff, heatTariff].flatMap((one) => (one === undefined ? [] : [{ name, tariff: one }])),
  );
  return [...Map.groupBy(billed, ({ tariff }) => tariff)].map(([tariff, places]) => [
    tariff,
    places.map(({ name }) => name).join(', '),
  ]);
}

/** The first date without a price that follows one with, soon or not long ago. */
function endAround(tariff: Tariff, todayMs: number): string | undefined {
  let wasPriced = false;
  let end: string | undefined;
  for (let day = -SINCE_DAYS; day <= AHEAD_DAYS; day += 1) {
    const plan = tariff.dayAt(todayMs + day * DAY_MS + DAY_MS / 2, 'refuse');
    const isPriced = tariff.unpricedOn(plan) === undefined;
    if (isPriced) end = undefined;
    else if (wasPriced) end = plan.date;
    wasPriced = isPriced;
  }
  return end;
}

import { type ChannelsOf, countingIn, loadOf, mainMeters } from '../api/main-meters.ts';
import { QUARTER_MS } from '../domain/interval.ts';
import type { LoadCommand } from '../domain/load-command.ts';
import type { Building, Register, SiteBattery } from '../domain/register.ts';
import { knownKw, loadIntervals } from '../energy/loads/load.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import type { ReadingStore } from '../store/store.ts';

export type BatteryStore = Pick<ReadingStore, 'load' | 'intervals' | 'means' | 'last'>;

const RAN = new Set(['sent', 'accepted', 'unanswered']);

/** Steps of a building's load, kW, with its battery (`gridKw`, what its main meters say) and without; NaN is unknown. */
export type BatteryLoad = { readonly netKw: Float64Array; readonly gridKw: Float64Array };

export type BatteryLoadOptions = {
  readonly store: BatteryStore;
  readonly register: Register;
  readonly channelsOf: ChannelsOf;
  readonly building: Building;
  readonly battery: SiteBattery;
  readonly span: Span;
  readonly stepMs: number;
  /** Commands of the building that ended in the span or later. */
  readonly commands: readonly LoadCommand[];
};

/**
 * The load without the battery is that of the main meters less the battery's own. Of a step in which the battery was commanded
 * and did not say its power, it is unknown; where it was not commanded and says nothing it is taken to rest.
 */
export async function batteryLoadOf(options: BatteryLoadOptions): Promise<BatteryLoad> {
  const { store, register, building, battery, span, stepMs, commands } = options;
  const meters = mainMeters(register, new Set([building.id]), options.channelsOf);
  const steps = loadIntervals({
    quarters: await loadOf(store, meters, span),
    metersInScope: countingIn(meters),
    ...span,
    resolution: stepMs === QUARTER_MS ? 'PT15M' : 'PT1H',
    timeZone: register.organisation.timeZone,
  });
  const { socDevice } = battery;
  const means =
    socDevice === undefined
      ? []
      : await store.means({ point: { device: socDevice, quantity: 'activePowerW' }, ...span, stepMs });
  const ownKw = new Map(means.map(({ fromMs, mean }) => [fromMs, mean / 1000]));
  const ran = commands.filter(
    ({ load, gridKw, state }) => load === battery.id && gridKw !== undefined && RAN.has(state),
  );
  const restedIn = ({ fromMs, toMs }: Span) =>
    ran.some(({ atMs, untilMs }) => atMs < toMs && untilMs > fromMs) ? Number.NaN : 0;
  const gridKw = Float64Array.from(steps, knownKw);
  const netKw = gridKw.map((kw, i) => {
    const step = steps[i];
    return step ? kw - (ownKw.get(step.fromMs) ?? restedIn(step)) : Number.NaN;
  });
  return { netKw, gridKw };
}

import type { BatteryState } from '../api/commands.ts';
import type { ChannelsOf } from '../api/main-meters.ts';
import type { Config } from '../config/config.ts';
import type { Tariffs } from '../config/tariffs.ts';
import { DAY_MS, HOUR_MS } from '../domain/interval.ts';
import type { Building, Register, SiteBattery } from '../domain/register.ts';
import { type Clock, isoTime } from '../domain/time.ts';
import type { LoadControl } from '../workers/load-control/load-control.ts';
import { type BatteryStore, batteryLoadOf } from './battery-load.ts';
import { openPlanner } from './planner.ts';
import { createPriceFeed } from './price-feed.ts';

export type BatteriesOptions = {
  readonly config: Pick<Config, 'batteries' | 'loadControl' | 'tariffs'>;
  readonly store: BatteryStore;
  readonly register: { readonly current: () => Register };
  readonly tariffs: Tariffs;
  readonly devices: { readonly channels: ChannelsOf };
  readonly loads: Pick<LoadControl, 'setPoint' | 'since'>;
  readonly clock: Clock;
  readonly log: Record<'info' | 'warn', (fields: object, message: string) => void>;
};

export type Batteries = { readonly states: () => readonly BatteryState[] } & AsyncDisposable;

const LOOK_MS = 1000;
/** Less says nothing of the hours of a day. */
const LEAST_KNOWN_HOURS = 24;
/** A set-point holds until its step's end and so much longer than planning is late: the next one takes over before. */
const GRACE_MS = 120_000;

/** What the planning thread knows of a building. */
type Learnt = {
  readonly key: string;
  readonly nextMs: number;
  readonly knownHours: number;
  /** End of the last step whose load is known. */
  readonly knownToMs: number;
};
type Site = { readonly building: Building; readonly battery: SiteBattery };

/**
 * Plans the batteries of the register, step by step, and hands their set-points to the load control. What is learnt is
 * learnt anew from the store after a start. What is not known is no command, and a reason.
 */
export function openBatteries(options: BatteriesOptions): Batteries {
  const { config, store, tariffs, devices, loads, clock, log } = options;
  const register = options.register.current;
  const { stepMinutes, delaySeconds, historyDays, maxAgeMinutes } = config.batteries;
  const [stepMs, maxAgeMs] = [stepMinutes * 60_000, maxAgeMinutes * 60_000];
  const planner = openPlanner(config.tariffs);
  const stopping = new AbortController();
  const feed = createPriceFeed(
    {
      settings: config.batteries.prices,
      keepMs: (historyDays + 1) * DAY_MS,
      timeZone: () => register().organisation.timeZone,
      clock,
      log,
    },
    stopping.signal,
  );
  const learnt = new Map<string, Learnt>();
  const states = new Map<string, BatteryState>();
  let doneMs = Number.NaN;
  let isOver = false;

  /** Takes what is charged, kWh; or why it is not known. */
  const storedIn = async ({ building, battery }: Site): Promise<number | string> => {
    const { socDevice } = battery;
    if (socDevice === undefined) return 'no socDevice is given: what is charged is not known';
    const rows = register().devices.get(socDevice) ?? [];
    if (!rows.some((row) => row.building === building.id)) {
      return `socDevice ${socDevice} is no device of the building in devices.csv`;
    }
    const [said] = await store.last({ device: socDevice, quantity: 'stateOfChargePct' });
    if (!said) return `${socDevice} has not said its stateOfChargePct`;
    if (said.atMs < clock() - maxAgeMs) {
      return `${socDevice} said its stateOfChargePct last at ${isoTime(said.atMs)}`;
    }
    return (said.value / 100) * battery.capacityKwh;
  };

  /** Plans a step; why there is no set-point, or undefined when there is. */
  const planSite = async (site: Site, atMs: number): Promise<string | undefined> => {
    const { building, battery } = site;
    const { tariff: name, subscribedKw } = building;
    const tariff = name === undefined ? undefined : tariffs.get(name);
    if (name === undefined || !tariff) return 'the building has no tariff';
    const prices = feed.pricesFor(tariff, atMs);
    if (!prices.ok) return prices.reason;
    const { market } = prices;
    const stored = await storedIn(site);
    const key = JSON.stringify([battery, name, subscribedKw, market !== undefined]);
    const known = learnt.get(building.id);
    const before = known?.key === key && known.nextMs <= atMs ? known : undefined;
    // Nothing is learnt for a battery that cannot be commanded.
    if (!before && typeof stored === 'string') return stored;
    const fromMs = before?.nextMs ?? Math.floor(atMs / DAY_MS) * DAY_MS - historyDays * DAY_MS;
    const load = await batteryLoadOf({
      ...site,
      store,
      register: register(),
      channelsOf: devices.channels,
      span: { fromMs, toMs: atMs },
      stepMs,
      commands: loads.since(building.id, fromMs - DAY_MS),
    });
    const count = load.netKw.filter(Number.isFinite).length;
    const knownHours = (before?.knownHours ?? 0) + (count * stepMs) / HOUR_MS;
    if (knownHours < LEAST_KNOWN_HOURS) {
      return `of the load without the battery ${knownHours} hours are known, a plan needs ${LEAST_KNOWN_HOURS}`;
    }
    const last = load.netKw.findLastIndex(Number.isFinite);
    const knownToMs = last < 0 ? (before?.knownToMs ?? fromMs) : fromMs + (last + 1) * stepMs;
    const recent =
      knownToMs < atMs - maxAgeMs ? `the load is not known since ${isoTime(knownToMs)}` : undefined;
    const reason = typeof stored === 'string' ? stored : recent;
    const answer = await planner.ask({
      building: building.id,
      ...(!before && { fresh: { battery, tariff: name, subscribedKw, stepMs } }),
      fromMs,
      ...load,
      market,
      storedKwh: typeof stored === 'number' && recent === undefined ? stored : undefined,
    });
    learnt.set(building.id, { key, nextMs: atMs, knownHours, knownToMs });
    if (reason !== undefined) return reason;
    if (!answer.point) return 'nothing is expected of the load yet';
    // Learning may have taken long, and the site may have been changed meanwhile.
    if (isOver || register().buildings.get(building.id)?.battery !== battery)
      return 'the register has changed';
    const untilMs = atMs + stepMs + delaySeconds * 1000 + GRACE_MS;
    if (clock() >= atMs + stepMs) return 'the plan came after its step';
    const { powerKw, gridKw } = answer.point;
    const point = { powerKw: rounded(powerKw), gridKw: rounded(gridKw) };
    loads.setPoint({ building: building.id, battery: battery.id, ...point, untilMs });
    return undefined;
  };

  const planAll = async (atMs: number) => {
    const sites = [...register().buildings.values()].flatMap((building) =>
      building.battery ? [{ building, battery: building.battery }] : [],
    );
    if (sites.length > 0) await feed.refresh();
    for (const site of sites) {
      if (isOver) return;
      const { id } = site.building;
      let reason: string | undefined;
      try {
        reason = await planSite(site, atMs);
      } catch (error) {
        if (isOver) return;
        // The thread has forgotten all; the store may be away for a while.
        learnt.clear();
        reason = 'it could not be planned: the log says why';
        log.warn({ err: error, building: id }, 'a battery could not be planned: again at the next step');
      }
      const { reason: told } = states.get(id) ?? {};
      if (reason !== undefined && reason !== told) {
        log.info({ building: id, battery: site.battery.id, reason }, 'a battery has no set-point');
      }
      states.set(id, {
        building: id,
        battery: site.battery.id,
        atMs,
        ...(reason !== undefined && { reason }),
      });
    }
  };

  let working: Promise<void> | undefined;
  const look = () => {
    const atMs = Math.floor(clock() / stepMs) * stepMs;
    if (working || atMs === doneMs || clock() < atMs + delaySeconds * 1000) return;
    doneMs = atMs;
    working = planAll(atMs).finally(() => {
      working = undefined;
    });
  };
  const timer = config.loadControl === 'off' ? undefined : setInterval(look, LOOK_MS);

  return {
    states: () =>
      [...register().buildings.values()].flatMap(({ id, battery }) => {
        if (!battery) return [];
        const state = states.get(id);
        const reason = config.loadControl === 'off' ? 'loadControl is off' : 'it is not planned yet';
        return [state?.battery === battery.id ? state : { building: id, battery: battery.id, reason }];
      }),
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      stopping.abort();
      clearInterval(timer);
      await planner[Symbol.asyncDispose]();
      await working;
    },
  };
}

function rounded(kw: number): number {
  return Math.round(kw * 1000) / 1000 + 0;
}

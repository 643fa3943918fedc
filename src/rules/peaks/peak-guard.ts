import { z } from 'zod';
import type { Finding } from '../../domain/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/interval.ts';
import type { Reading } from '../../domain/reading.ts';
import { areaOfPlace, areaPlaceId, type FlexibleLoad } from '../../domain/register.ts';
import {
  budgetOf,
  type Guarded,
  guardedSchema,
  newGuarded,
  noteLate,
  noteProjection,
} from '../../energy/guard/guarded.ts';
import { heldSchema, holdMsOf, holdOn, stillOff } from '../../energy/guard/held-loads.ts';
import { endWindow, type JudgeOptions, judge, judgeTurn, type Verdict } from '../../energy/guard/judge.ts';
import { peakStatus } from '../../energy/guard/peak-status.ts';
import { type Shed, type ShedPlan, shedPlan } from '../../energy/guard/shed-plan.ts';
import type { PowerPrice, Span } from '../../energy/tariffs/power-price.ts';
import { createBuildingStates } from '../building-states.ts';
import { meterCounting } from '../days/meter-counting.ts';
import type { Emit, RuleContext, RuleDefinition } from '../rule.ts';
import { subjectOf } from '../scope.ts';
import { askedLately, noteAsked } from './asked-loads.ts';
import { createHeldByPlace } from './held-by-place.ts';
import { judgeOptions, type Planning, planningOf } from './judge-options.ts';
import { peakFinding, unbilledFinding } from './peak-finding.ts';
import { type PeakGuard, peakParameters } from './peak-parameters.ts';
import { billedArea, peakPlace } from './peak-place.ts';
import { peakPrices } from './peak-prices.ts';
import { addReading, isMainLoad, meanBetween, projectWindow, siteSchema } from './peak-site.ts';
import { coldRoomsC, isRoomTemperature, isWarmEnough, noteRoom, roomsSchema } from './room-warmth.ts';

const stateSchema = z.object({
  site: siteSchema,
  evaluatedMs: z.number(),
  components: z.record(z.string(), guardedSchema),
  /** When each load was asked for lately, once for each window: who has given gives less. */
  asked: z.record(z.string(), z.array(z.number())).default({}),
  /** Of a building: what plans, its area's too, have switched off, as far as it is known here: whether it obeys shows in the load. */
  held: heldSchema.default({}),
  /** Only of buildings with loads that keep rooms warm. */
  rooms: roomsSchema.default({}),
});
type State = z.infer<typeof stateSchema>;

export const peakGuard: RuleDefinition<PeakGuard> = {
  type: 'peak-guard',
  doc: `The running clock hour (or quarter-hour, day, …, as the tariff says) is about to become one of those that the tariff bills,
while there is time to switch something off. Follows the energy of the building's main meters, projects the window's mean power,
and compares it with the budget: the mean power from which the window costs something (the N-th highest so far) and is likely
enough to still be among the billed ones when the period ends. A building has one alert a day, which names each of its windows
and lasts until its high hours are usually over. An area that has a tariff is guarded in the same way, by the load of all of its
buildings together; its alerts are those of the building area:ID.`,
  level: 'building',
  parameters: () => peakParameters,
  defaults: { severity: 'critical', forMs: 0, clearMs: 0 },
  create,
};

function create(context: RuleContext<PeakGuard>): ReturnType<(typeof peakGuard)['create']> {
  const { holds, register, settingsOf, toldOf, switchesLoads = false } = context;
  const pricesOf = peakPrices(context);
  const optionsOf = (building: string) => settingsOf(subjectOf(register(), building))?.parameters;
  const carrierOf = (id: string) => optionsOf(id)?.carrier ?? 'electricity';
  const placeOf = (id: string) => peakPlace(register(), id, carrierOf(id));
  const states = createBuildingStates<State>(stateSchema, () => ({
    site: { meters: {} },
    evaluatedMs: 0,
    components: {},
    asked: {},
    held: {},
    rooms: {},
  }));

  /** The component with the window of the moment as its running one. */
  const running = (
    state: State,
    price: PowerPrice,
    atMs: number,
    judging: JudgeOptions,
  ): { readonly guarded: Guarded; readonly turned: Verdict } => {
    const known = state.components[price.reference];
    // Windows follow each other: what lies in the running one need not be looked up.
    if (known && atMs >= known.fromMs && atMs < known.toMs) return { guarded: known, turned: undefined };
    const window = price.windowAt(atMs);
    if (known?.fromMs === window.fromMs) return { guarded: known, turned: undefined };
    if (known === undefined) {
      const guarded = newGuarded(window);
      state.components[price.reference] = guarded;
      return { guarded, turned: undefined };
    }
    const countingOf = meterCounting(register(), state.site);
    const meanOf = (span: Span) => meanBetween(state.site, span, holds, countingOf);
    endWindow(known, price, window, { ...judging, meanOf, keptFromMs: atMs - keptMs(state) });
    return { guarded: known, turned: judgeTurn(known) };
  };

  /** Is it comfortable enough for a load to be off? Loads of an area are those of its buildings. */
  const maySwitch = (id: string, load: FlexibleLoad, atMs: number): boolean => {
    if (load.warmAboveC === undefined || carrierOf(id) !== 'electricity') return true;
    const building = areaOfPlace(id) === undefined ? id : (load.id.split('/')[0] ?? '');
    return isWarmEnough(load, coldRoomsC(states.find(building)?.rooms ?? {}, atMs));
  };

  const ableLoads = (id: string, atMs: number) =>
    placeOf(id).loads.filter((load) => maySwitch(id, load, atMs));

  const heldLoads = createHeldByPlace(register, (building) => states.find(building)?.held);

  /** What would keep the running window within a budget, beside the loads that are off already. */
  const planFor =
    (id: string, state: State, window: Span, atMs: number, { paceMs, settleMs }: Planning) =>
    (budgetKw: number, kw: number): ShedPlan => {
      const asked = askedLately(state.asked, atMs);
      const excessKwh = ((kw - budgetKw) * (window.toMs - window.fromMs)) / HOUR_MS;
      const [able, held, holdMs] = [ableLoads(id, atMs), heldLoads.at(id), holdMsOf(window, settleMs)];
      const known = switchesLoads ? { held } : {};
      const plan = shedPlan(able, { excessKwh, atMs, toMs: window.toMs, asked, holdMs, paceMs, ...known });
      if (excessKwh <= 0) return plan;
      return { ...plan, sheds: [...plan.sheds, ...stillOff(held, able, plan.sheds, atMs)] };
    };

  /** Loads that are off since the window before and stay off, since what they would draw now is too much for this one. */
  const staying = (
    id: string,
    state: State,
    price: PowerPrice,
    atMs: number,
    judging: JudgeOptions,
    { settleMs }: Planning,
  ) => {
    const window = state.components[price.reference];
    if (!window?.day || atMs < window.fromMs + judging.settleMs) return [];
    const held = heldLoads.at(id);
    if (Object.keys(held).length === 0) return [];
    const able = ableLoads(id, atMs);
    const budgetKw = budgetOf(window, price, judging);
    const holdMs = holdMsOf(window, settleMs);
    return holdOn(held, able, { window, atMs, projectedKw: window.projectedKw, budgetKw, holdMs });
  };

  const evaluate = (id: string, state: State, options: PeakGuard, atMs: number, emit: Emit) => {
    state.evaluatedMs = atMs;
    const place = placeOf(id);
    const countingOf = meterCounting(register(), state.site);
    const tooCold = place.loads.filter((load) => !maySwitch(id, load, atMs));
    const canShed = place.loads.length > tooCold.length;
    const prices = pricesOf(id, options);
    // Asked for when there is something to tell: nearly always there is not.
    const about = (toldMs: number) => ({ place, told: toldOf(subjectOf(register(), id)), atMs: toldMs });
    for (const { reference, day, window } of takeUnbilled(state, prices))
      emit(unbilledFinding(about(atMs), reference, day, window));
    for (const price of prices) {
      const judging = judgeOptions(options, price, canShed);
      const { guarded, turned } = running(state, price, atMs, judging);
      const peak = (toldMs: number) => ({
        ...about(toldMs),
        price,
        window: guarded,
        carrier: options.carrier,
      });
      if (turned) tell(peakFinding(peak(guarded.fromMs), turned, undefined), turned, emit);
      const planning = planningOf(options, price);
      const { paceMs } = planning;
      const heading = projectWindow(state.site, guarded, atMs, { holds, paceMs, countingOf });
      if (heading === undefined) continue;
      const projectedKw = noteProjection(guarded, price, atMs, heading);
      const judged = judge(guarded, price, atMs, judging);
      const held = staying(id, state, price, atMs, judging, planning);
      const { day } = guarded;
      const verdict =
        judged ?? (held.length > 0 && day?.isAtRisk === false ? { kind: 'calm', day } : undefined);
      if (!verdict) continue;
      const budgetKw = verdict.kind === 'risk' ? verdict.risk.budgetKw : projectedKw;
      const needed = planFor(id, state, guarded, atMs, planning)(budgetKw, projectedKw);
      const isHeld = ({ load }: Shed) => held.some((other) => other.load.id === load.id);
      const plan = { ...needed, sheds: [...held, ...needed.sheds.filter((shed) => !isHeld(shed))] };
      noteAsked(state.asked, plan, guarded);
      heldLoads.note(id, plan.sheds, atMs);
      const projection = { ...heading, projectedKw };
      tell(peakFinding(peak(atMs), verdict, { projection, plan, tooCold }), verdict, emit);
    }
  };

  /** Takes in a reading of a place; is it time to look? */
  const follow = (id: string, reading: Reading, options: PeakGuard): boolean => {
    const state = states.of(id);
    const scale = { times: options.scaleTimes, leastKw: options.scaleKw, acceptDays: options.scaleDays };
    if (!addReading(state.site, reading, { keptMs: keptMs(state), scale })) return false;
    for (const reference in state.components) {
      const guarded = state.components[reference];
      if (guarded) noteLate(guarded, reading.atMs);
    }
    return reading.atMs >= state.evaluatedMs + MINUTE_MS;
  };

  return {
    sees: (point) => {
      const carrier = settingsOf(point)?.parameters.carrier;
      return isMainLoad(point, carrier) || (carrier === 'electricity' && isRoomTemperature(point));
    },
    onReading: (reading, { parameters: options }, emit) => {
      const { building, area } = reading.point;
      if (isRoomTemperature(reading.point)) {
        const { loads } = placeOf(building);
        if (loads.some(({ warmAboveC }) => warmAboveC !== undefined))
          noteRoom(states.of(building).rooms, reading);
        return;
      }
      const { carrier } = options;
      const isBilled = carrier === 'electricity' || placeOf(building).tariff !== undefined;
      if (isBilled && follow(building, reading, options))
        evaluate(building, states.of(building), options, reading.atMs, emit);
      const areaId = billedArea(register(), area, carrier);
      if (areaId === undefined) return;
      const ofArea = optionsOf(areaId);
      if (follow(areaId, reading, ofArea ?? options) && ofArea?.carrier === carrier)
        evaluate(areaId, states.of(areaId), ofArea, reading.atMs, emit);
    },
    // A silent meter must not hide the end of the hour, or that nothing is known of it.
    onTick: (building, atMs, emit) => {
      const area = register().buildings.get(building)?.area ?? '';
      for (const id of [building, areaPlaceId(area)]) {
        const state = states.find(id);
        if (state === undefined || atMs < state.evaluatedMs + 5 * MINUTE_MS) continue;
        const options = optionsOf(id);
        if (options) evaluate(id, state, options, atMs, emit);
      }
    },
    peaks: (places) =>
      states.names().flatMap((building) => {
        if (places && !places.has(building)) return [];
        const state = states.find(building);
        const options = optionsOf(building);
        if (!state || !options) return [];
        const canShed = placeOf(building).loads.length > 0;
        const atMs = state.evaluatedMs;
        return pricesOf(building, options).flatMap((price) => {
          const guarded = state.components[price.reference];
          if (!guarded) return [];
          const judging = judgeOptions(options, price, canShed);
          const planning = planningOf(options, price);
          const { paceMs } = planning;
          const countingOf = meterCounting(register(), state.site);
          const projection = projectWindow(state.site, guarded, atMs, { holds, paceMs, countingOf });
          if (!projection) return [];
          return peakStatus(guarded, price, {
            building,
            carrier: options.carrier,
            atMs,
            judging,
            projection,
            planOf: planFor(building, state, guarded, atMs, planning),
          });
        });
      }),
    projectedKw: (building, span, atMs) => {
      const state = states.find(building);
      const options = optionsOf(building);
      if (!state || options?.carrier !== 'electricity') return undefined;
      const paceMs = options.paceMinutes * MINUTE_MS;
      const countingOf = meterCounting(register(), state.site);
      return projectWindow(state.site, span, atMs, { holds, paceMs, countingOf })?.projectedKw;
    },
    maySwitch,
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

/** Another tariff may have other components: what was told by those before is over. What they have learned stays for when they are back. */
function* takeUnbilled({ components }: State, prices: readonly PowerPrice[]) {
  for (const reference in components) {
    const window = components[reference];
    if (window?.day === undefined || prices.some((price) => price.reference === reference)) continue;
    const { day } = window;
    delete window.day;
    yield { reference, day, window };
  }
}

/** An alert keeps what it said last: what became of the day is said before it ends. */
function tell(finding: Finding, { kind }: NonNullable<Verdict>, emit: Emit): void {
  emit(finding);
  if (kind === 'over') emit({ ...finding, holds: false });
}

/** What comes later than this changes nothing any more. */
const LATE_MS = 4 * HOUR_MS;

/** Samples of three windows at least: the running one, and those that may still be booked anew; and of each point the last one before. */
function keptMs({ components }: State): number {
  let longestMs = LATE_MS / 3;
  for (const reference in components) {
    const { fromMs = 0, toMs = 0 } = components[reference] ?? {};
    longestMs = Math.max(longestMs, toMs - fromMs);
  }
  return 3 * longestMs;
}

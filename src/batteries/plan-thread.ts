import { parentPort, workerData } from 'node:worker_threads';
import { loadTariffs } from '../config/tariffs.ts';
import { createLivePlan, type LivePlan } from '../energy/storage/live-plan.ts';
import type { MarketPrices } from '../energy/storage/prices.ts';
import { withSubscription } from '../energy/tariffs/subscription.ts';
import type { PlanAnswer, PlanRequest } from './plan-message.ts';

/** A thread of its own: weeks of history are some seconds of work, and what comes in must not wait for them. */
const tariffs = loadTariffs(String(workerData));
/** Prices of the market as they were told last. */
type Told = { market: MarketPrices };
const plans = new Map<
  string,
  { readonly plan: LivePlan; readonly stepMs: number; readonly told: Told | undefined }
>();

parentPort?.on('message', (request: PlanRequest) => parentPort?.postMessage(answer(request)));

function answer({ building, fresh, fromMs, netKw, gridKw, market, storedKwh }: PlanRequest): PlanAnswer {
  if (fresh) {
    const { stepMs } = fresh;
    const { tariff: name, subscribedKw, ...battery } = fresh;
    const tariff = tariffs.get(name);
    if (!tariff) return { point: undefined };
    const startMs = fromMs + netKw.length * stepMs;
    const told = market && { market };
    const plan = createLivePlan({
      ...battery,
      tariff: withSubscription(tariff, subscribedKw),
      market: told && growing(told),
      startMs,
    });
    plans.set(building, { plan, stepMs, told });
  }
  const known = plans.get(building);
  if (!known) return { point: undefined };
  const { plan, stepMs, told } = known;
  if (told && market) told.market = market;
  for (let i = 0; i < netKw.length; i += 1) {
    plan.note(fromMs + i * stepMs, netKw[i] ?? Number.NaN, gridKw[i] ?? Number.NaN);
  }
  if (storedKwh === undefined) return { point: undefined };
  return { point: plan.pointFor(fromMs + netKw.length * stepMs, storedKwh) };
}

/** The prices that were told last, whenever they are asked for. */
function growing(told: Told): MarketPrices {
  return {
    get buy() {
      return told.market.buy;
    },
    get sell() {
      return told.market.sell ?? { ...told.market.buy, price: new Float64Array() };
    },
  };
}

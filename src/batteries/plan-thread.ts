import { parentPort, workerData } from 'node:worker_threads';
import { loadTariffs } from '../config/tariffs.ts';
import { createLivePlan, type LivePlan } from '../energy/storage/live-plan.ts';
import type { PlanAnswer, PlanRequest } from './plan-message.ts';

/** A thread of its own: weeks of history are some seconds of work, and what comes in must not wait for them. */
const tariffs = loadTariffs(String(workerData));
const plans = new Map<string, { readonly plan: LivePlan; readonly stepMs: number }>();

parentPort?.on('message', (request: PlanRequest) => parentPort?.postMessage(answer(request)));

function answer({ building, fresh, fromMs, netKw, gridKw, storedKwh }: PlanRequest): PlanAnswer {
  if (fresh) {
    const { stepMs } = fresh;
    const tariff = tariffs.get(fresh.tariff);
    if (!tariff) return { point: undefined };
    const startMs = fromMs + netKw.length * stepMs;
    plans.set(building, { plan: createLivePlan({ ...fresh, tariff, startMs }), stepMs });
  }
  const known = plans.get(building);
  if (!known) return { point: undefined };
  const { plan, stepMs } = known;
  for (let i = 0; i < netKw.length; i += 1) {
    plan.note(fromMs + i * stepMs, netKw[i] ?? Number.NaN, gridKw[i] ?? Number.NaN);
  }
  if (storedKwh === undefined) return { point: undefined };
  return { point: plan.pointFor(fromMs + netKw.length * stepMs, storedKwh) };
}

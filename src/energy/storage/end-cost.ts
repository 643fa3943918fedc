import { HOUR_MS } from '../../domain/interval.ts';
import { plannerSettings as settings } from './planner-settings.ts';
import type { ImportLevel } from './power-search.ts';
import type { CoursePrices } from './prices.ts';
import type { Stay } from './stays.ts';
import type { TimedSteps } from './steps-ahead.ts';

/** A stored kWh is worth at least this: of two plans at one cost, the one with the fuller store. */
const LEAST_WORTH = 1e-4;

/**
 * What it costs to end the planned steps with so much stored: less, the more there is. What the days after will use is worth the
 * mean price. What they leave saves no more than to charge it later, in the cheapest hour of a day: until it is used there
 * is time to. At the end of the stay the final content must be there, and nothing is worth anything. What is missing of it until
 * then is charged evenly over the hours that are left, beside the load that is expected: where that passes a level, it costs.
 */
export function endCost(
  { fromMs, hours, expectedKw, stay }: TimedSteps,
  prices: CoursePrices,
  levels: readonly ImportLevel[],
): (storedKwh: number) => number {
  const { battery } = stay.site;
  const untilMs = fromMs + prices.buy.length * hours * HOUR_MS;
  const hoursLeft = Math.max(stay.toMs - untilMs, 0) / HOUR_MS;
  const neededKwh = battery.finalKwh - hoursLeft * battery.chargeKw * battery.chargeEfficiency;
  const worth = hoursLeft > 0 ? worthOf(prices, stay) : 0;
  const cheapest = Math.min(...prices.buy.slice(-Math.round(24 / hours)));
  const leftWorth = worth > 0 ? Math.min(worth, Math.max(cheapest, 0) / battery.chargeEfficiency) : 0;
  const usedKwh = expectedKw * settings.usedHours;
  const extraCost = costAbove(levels, expectedKw);
  const refillCost = (missingKwh: number): number =>
    missingKwh > 0 && hoursLeft > 0 ? extraCost(missingKwh / (battery.chargeEfficiency * hoursLeft)) : 0;
  return (storedKwh) =>
    refillCost(battery.finalKwh - storedKwh) +
    settings.missingPerKwh * Math.max(neededKwh - storedKwh, 0) -
    LEAST_WORTH * storedKwh -
    worth * Math.min(storedKwh, usedKwh) -
    leftWorth * Math.max(storedKwh - usedKwh, 0);
}

/** What it costs to draw so many kW more than is expected, by the levels' means: a level that is free by night leaves room enough. */
function costAbove(levels: readonly ImportLevel[], expectedKw: number): (extraKw: number) => number {
  const held = levels.map(({ allowedKw, perKw }) => ({
    roomKw: Math.max(allowedKw.reduce((sum, kw) => sum + kw, 0) / allowedKw.length - expectedKw, 0),
    pricePerKw: Math.max(...perKw),
  }));
  return (extraKw) =>
    held.reduce((sum, { roomKw, pricePerKw }) => sum + pricePerKw * Math.max(extraKw - roomKw, 0), 0);
}

/** What a stored kWh is worth when nothing more is known: as much of the mean price as comes out. */
export function worthOf({ buy }: CoursePrices, { site }: Stay): number {
  const mean = buy.reduce((sum, price) => sum + price, 0) / buy.length;
  return Number.isFinite(mean) ? Math.max(mean, 0) * site.battery.dischargeEfficiency : 0;
}

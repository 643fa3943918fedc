import type { Facts, Finding, Json, Said, Severity } from '../../domain/alert.ts';
import { type Carrier, MINUTE_MS } from '../../domain/interval.ts';
import type { FlexibleLoad } from '../../domain/register.ts';
import { spanInWords } from '../../domain/span-words.ts';
import { isoTime } from '../../domain/time.ts';
import type { PeakDay } from '../../energy/guard/guarded.ts';
import type { Risk, Verdict } from '../../energy/guard/judge.ts';
import { shedJson } from '../../energy/guard/shed-json.ts';
import type { Shed, ShedPlan } from '../../energy/guard/shed-plan.ts';
import type { PowerPrice, Span } from '../../energy/tariffs/power-price.ts';
import { inWords } from '../in-words.ts';
import type { Told } from '../rule.ts';
import type { PeakPlace } from './peak-place.ts';
import type { Projection } from './peak-site.ts';

export type Peak = {
  readonly place: PeakPlace;
  readonly told: Told;
  readonly carrier: Carrier;
  readonly price: PowerPrice;
  /** The running window. */
  readonly window: Span;
  readonly atMs: number;
};

/** What the running window is heading for, and what to do about it. */
export type Ahead = {
  readonly projection: Projection;
  readonly plan: ShedPlan;
  /** Loads that may not be off, because the rooms are too cold, or not known. */
  readonly tooCold: readonly FlexibleLoad[];
};

/** What a manager is told of a day whose windows may be billed: how much, what it costs, what to switch off, until when. */
export function peakFinding(peak: Peak, verdict: NonNullable<Verdict>, ahead: Ahead | undefined): Finding {
  const { day } = verdict;
  const says =
    verdict.kind === 'risk' && ahead
      ? riskSaid(peak, verdict.risk, day, ahead)
      : verdict.kind === 'over'
        ? overSaid(peak, day)
        : calmSaid(peak, day, ahead?.plan.sheds ?? []);
  return {
    ...peak.told,
    subject: subjectOf(peak.place.id, peak.price.reference, day, peak.window),
    building: peak.place.id,
    severity: severityOf(day, peak.told),
    atMs: peak.atMs,
    holds: true,
    ...(verdict.kind === 'risk' && day.stretch && { stretch: day.stretch.fromMs }),
    ...says,
  };
}

/** A day that was told, of a component that the place is not billed by any more: it has another tariff, or none. */
export function unbilledFinding(
  { place, told, atMs }: Pick<Peak, 'place' | 'told' | 'atMs'>,
  reference: string,
  day: PeakDay,
  window: Span,
): Finding {
  const subject = subjectOf(place.id, reference, day, window);
  return { ...told, subject, building: place.id, atMs, holds: false, closedBy: 'register' };
}

function subjectOf(place: string, reference: string, { windows }: PeakDay, { fromMs }: Span): string {
  return `${place}/${reference}/${isoTime(windows[0]?.fromMs ?? fromMs)}`;
}

/** What is likely to be billed is as urgent as the rule says; until then it is a warning, and what is petty information. */
function severityOf({ isEscalated, isWorthwhile }: PeakDay, { severity }: Told): Severity {
  if (!isWorthwhile) return 'info';
  return isEscalated || severity === 'info' ? severity : 'warning';
}

function riskSaid(peak: Peak, risk: Risk, day: PeakDay, { projection, plan, tooCold }: Ahead): Said {
  const { place, price, window, atMs, carrier } = peak;
  const { projectedKw } = projection;
  const minutes = Math.round((window.toMs - atMs) / MINUTE_MS);
  const [stake, saving] = [Math.round(risk.atStake), Math.round(risk.saving)];
  return {
    title: `${place.name}: ${inWords(projectedKw, 'kW')}${carrier === 'heat' ? ' of heat' : ''} this ${windowName(window)}, budget ${inWords(risk.budgetKw, 'kW')}`,
    detail: [
      `${spanInWords(minutes)} to go; at this pace the mean is ${round(projectedKw)} kW (± ${round(risk.spreadKw)}).`,
      `It will be billed with a chance of ${Math.round(risk.chance * 100)} %: ${stake} ${price.currency} as the bill stands now; keeping to ${round(risk.budgetKw)} kW saves ${saving} ${price.currency} in the mean.`,
      carrier === 'heat' ? LESS_HEAT : shedSaid(plan, risk, atMs),
      ...(tooCold.length > 0
        ? [`Rooms are too cold, or not known, for: ${tooCold.map(({ name }) => name).join(', ')}.`]
        : []),
    ].join(' '),
    facts: {
      ...heatFact(peak),
      windowFrom: isoTime(window.fromMs),
      windowTo: isoTime(window.toMs),
      watchUntil: isoTime(day.untilMs),
      component: price.reference,
      energySoFarKwh: round(projection.energyKwh),
      coverage: round(projection.coverage),
      projectedKw: round(projectedKw),
      spreadKw: round(risk.spreadKw),
      budgetKw: round(risk.budgetKw),
      billedFromKw: round(risk.costsFromKw),
      chance: round(risk.chance),
      sekAtStake: stake,
      expectedSaving: saving,
      currency: price.currency,
      shed: plan.sheds.map(shedJson),
      shedIsEnough: plan.isEnough,
      ...(tooCold.length > 0 ? { tooCold: tooCold.map(({ id }) => id) } : {}),
      ...(plan.actByMs === undefined ? {} : { actBy: isoTime(plan.actByMs) }),
      windows: windowsSaid(day),
    },
  };
}

const LESS_HEAT =
  'Lower the supply to the radiators by some degrees until then, as far as rooms stay warm, and let hot water be charged after it.';

/** Electricity is not said. */
function heatFact({ carrier }: Peak): Facts {
  return carrier === 'heat' ? { carrier } : {};
}

function shedSaid({ sheds, isEnough, actByMs }: ShedPlan, { budgetKw }: Risk, atMs: number): string {
  if (sheds.length === 0) return 'There is no load to switch off.';
  const names = sheds
    .map(({ load, offMinutes }) => `${load.name} (${Math.round(offMinutes)} min)`)
    .join(', ');
  const enough = isEnough ? '' : ` That is not enough for ${round(budgetKw)} kW, but lowers the peak.`;
  const by = actByMs === undefined ? '' : ` ${actIn(actByMs - atMs)}`;
  return `Switch off: ${names}.${enough}${by}`;
}

/** In minutes, because people and their clocks are in other zones than event time. */
function actIn(leftMs: number): string {
  const minutes = Math.floor(leftMs / MINUTE_MS);
  return minutes < 1
    ? 'Do it now.'
    : `Do it within ${spanInWords(minutes)}: after that it is too late for all of it.`;
}

/** `held`: loads that stay off, since the window would not be within its budget with what they did not use before. */
function calmSaid(peak: Peak, day: PeakDay, held: readonly Shed[]): Said {
  const { place, price, window } = peak;
  const names = held.map(({ load, offMinutes }) => `${load.name} (${Math.round(offMinutes)} min)`);
  return {
    title: `${place.name}: the ${windowName(window)} is within its budget again`,
    detail: [
      ...(held.length === 0
        ? []
        : [`Leave off: ${names.join(', ')}. With what they did not use before it would pass its budget.`]),
      `The day is watched until ${isoTime(day.untilMs)}, when its high hours are usually over.`,
    ].join(' '),
    facts: {
      ...heatFact(peak),
      component: price.reference,
      watchUntil: isoTime(day.untilMs),
      ...(held.length === 0 ? {} : { windowFrom: isoTime(window.fromMs), windowTo: isoTime(window.toMs) }),
      shed: held.map(shedJson),
      windows: windowsSaid(day),
    },
  };
}

function overSaid(peak: Peak, day: PeakDay): Said {
  const { place, price } = peak;
  const highestKw = Math.max(...day.windows.map(({ meanKw, projectedKw }) => meanKw ?? projectedKw));
  const count = day.windows.length;
  const told = count === 1 ? 'One was told, with' : `${count} were told, the highest with`;
  return {
    title: `${place.name}: the day's high hours are over`,
    detail: `${told} ${round(highestKw)} kW. What is billed is known when the billing period is over.`,
    facts: { ...heatFact(peak), component: price.reference, windows: windowsSaid(day) },
  };
}

function windowsSaid({ windows }: PeakDay): Json[] {
  return windows.map(({ fromMs, toMs, toldAtMs, chance, projectedKw, meanKw, saved }) => ({
    from: isoTime(fromMs),
    to: isoTime(toMs),
    toldAt: isoTime(toldAtMs),
    chance: round(chance),
    projectedKw: round(projectedKw),
    ...(meanKw === undefined ? {} : { meanKw: round(meanKw) }),
    ...(saved === undefined ? {} : { saved: round(saved) }),
  }));
}

const names: Readonly<Record<number, string>> = {
  15: 'quarter-hour',
  30: 'half-hour',
  60: 'hour',
  1440: 'day',
};

function windowName({ fromMs, toMs }: Span): string {
  const minutes = Math.round((toMs - fromMs) / MINUTE_MS);
  return names[minutes] ?? `${Math.round(minutes / 6) / 10}-hour window`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

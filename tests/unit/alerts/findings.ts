import type { Alert, AlertChange, AlertState, Finding } from '../../../src/domain/alert.ts';

export const T0 = Date.UTC(2026, 0, 15, 7);
export const MINUTE_MS = 60_000;

const said = {
  title: 'S1: CO₂ is high',
  detail: 'CO₂ is 1500 ppm. Open a window.',
  facts: { ppm: 1500 },
};

export function finding(over: Partial<Finding> = {}): Finding & { building: string } {
  return {
    rule: 'high-co2',
    subject: 'S1|co2Ppm|',
    severity: 'warning',
    atMs: T0,
    holds: true,
    forMs: 0,
    clearMs: 0,
    ...said,
    ...over,
    building: over.building ?? 'BYGG-1',
  };
}

export function alert(over: Partial<Alert> = {}): Alert {
  const { rule, subject, building, severity } = finding();
  return {
    id: 'high-co2-0123456789ab',
    ...{ rule, subject, building, severity, ...said },
    state: 'pending',
    startsAtMs: T0,
    ...over,
  };
}

/** An alert as it became: pending at once, firing two minutes later, resolved ten minutes after its start. */
export function become(state: AlertState, over: Partial<Alert> = {}): AlertChange {
  const startsAtMs = over.startsAtMs ?? T0;
  const firedAtMs = startsAtMs + 2 * MINUTE_MS;
  const endsAtMs = startsAtMs + 10 * MINUTE_MS;
  return {
    pending: { alert: alert({ ...over, state }), atMs: startsAtMs },
    firing: { alert: alert({ firedAtMs, ...over, state }), atMs: firedAtMs },
    resolved: { alert: alert({ firedAtMs, endsAtMs, ...over, state }), atMs: endsAtMs },
  }[state];
}

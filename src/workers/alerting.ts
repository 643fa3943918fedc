import { type AlertBook, createAlertBook } from '../alerts/book.ts';
import type { Json } from '../domain/alert.ts';
import { createRuleEngine, type RuleEngine } from '../rules/engine.ts';
import type { PeakStatus } from '../rules/peak-guard.ts';
import { createRules, type RuleContext } from '../rules/rules.ts';

/** Readings and ticks in, alerts out: the rules and the book behind them, as live and replay both run them. */
export type Alerting = Pick<RuleEngine, 'onReading' | 'onTick'> &
  Pick<AlertBook, 'drain'> & {
    /** How each building's running window stands against its budget. */
    readonly peaks: () => readonly PeakStatus[];
    readonly snapshot: () => Json;
    /** Throws when the snapshot is another version's. */
    readonly restore: (snapshot: Json) => void;
  };

export function createAlerting(context: RuleContext): Alerting {
  const book = createAlertBook();
  const { rules: all, peaks } = createRules(context);
  const engine = createRuleEngine({
    rules: all,
    sink: book,
    tickGraceMs: context.options.tickGraceSeconds * 1000,
  });
  return {
    onReading: engine.onReading,
    onTick: engine.onTick,
    drain: book.drain,
    peaks,
    snapshot: () => ({ engine: engine.snapshot(), book: book.snapshot() }),
    restore: (snapshot) => {
      const { engine: rules, book: alerts } = parts(snapshot);
      engine.restore(rules);
      book.restore(alerts);
    },
  };
}

/** Goes on from a snapshot; where it is another version's, tells so and starts afresh. */
export function openAlerting(
  context: RuleContext,
  snapshot: string | undefined,
  onLost: (error: unknown) => void,
): Alerting {
  if (snapshot === undefined) return createAlerting(context);
  try {
    const alerting = createAlerting(context);
    alerting.restore(JSON.parse(snapshot));
    return alerting;
  } catch (error) {
    onLost(error);
    return createAlerting(context);
  }
}

function parts(snapshot: Json): { engine: Json; book: Json } {
  if (typeof snapshot === 'object' && snapshot !== null && !Array.isArray(snapshot)) {
    const { engine, book } = snapshot;
    if (engine !== undefined && book !== undefined) return { engine, book };
  }
  throw new Error('the rules’ snapshot has another shape');
}

import type { Container, Level } from './container.ts';

/** A question that was asked at a reading, and what came of it. */
export type Outcome<Asked> = {
  readonly asked: Asked;
  readonly level: Level;
  /** The reading that answered it. */
  readonly end: Level;
  /** A reading in the span was at or above the threshold. */
  readonly isOver: boolean;
  /** It was emptied between the two. */
  readonly isEmptied: boolean;
  /** Spans that overlap tell the same story: the share of one that is this question's own. */
  readonly weight: number;
};

export interface Outcomes<Asked> {
  /** Answers of questions about a container that its newest reading gives; call it after `noteLevel`. */
  answer(container: Container, level: Level): readonly Outcome<Asked>[];
  ask(container: Container, level: Level, asked: Asked): void;
}

type Open<Asked> = { readonly asked: Asked; readonly level: Level; readonly emptyings: number };

/**
 * Waits for what comes of questions about the next `spanMs`. A question is answered yes by the first reading at or above the
 * threshold within the span, and no by the reading at its end; readings count as at the end within half a usual pause, and
 * a span shorter than the pause is answered by the next reading. Where the reading at the end is missing there is no answer.
 */
export function createOutcomes<Asked>(options: {
  readonly spanMs: number;
  /** Infinity: only the end of the span answers. */
  readonly thresholdPct: number;
}): Outcomes<Asked> {
  const { spanMs, thresholdPct } = options;
  const open = new Map<Container, Open<Asked>[]>();
  return {
    answer: (container, end) => {
      const waiting = open.get(container);
      if (!waiting || waiting.length === 0) return [];
      const pauseMs = container.usualPauseMs;
      const reachMs = Math.max(spanMs, pauseMs);
      const slackMs = Math.min(spanMs, pauseMs) / 2;
      const isOver = end.levelPct >= thresholdPct;
      const weight = Math.min(pauseMs / spanMs, 1);
      const answered: Outcome<Asked>[] = [];
      let done = 0;
      for (const { asked, level, emptyings } of waiting) {
        const afterMs = end.atMs - level.atMs;
        if (!isOver && afterMs < reachMs - slackMs) break;
        done += 1;
        if (afterMs > reachMs + slackMs) continue;
        answered.push({ asked, level, end, isOver, isEmptied: emptyings !== container.emptyings, weight });
      }
      waiting.splice(0, done);
      return answered;
    },
    ask: (container, level, asked) => {
      const waiting = open.get(container) ?? [];
      waiting.push({ asked, level, emptyings: container.emptyings });
      open.set(container, waiting);
    },
  };
}

import { z } from 'zod';
import type { Said } from '../../domain/alert.ts';
import type { PlacedPoint, Reading } from '../../domain/reading.ts';
import { aboutPoint, placeName } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { number } from '../parameters.ts';
import type { RuleContext, RuleDefinition } from '../rule.ts';

const parameters = z
  .strictObject({
    fullPct: number(1, 100).default(80).describe('a container is full from here, % …'),
    hysteresisPct: number(0, 100).default(5).describe('… until it is this much lower, % points'),
    emptiedDropPct: number(1, 100).default(30).describe('a drop by this much is an emptying, % points'),
  })
  .refine(({ fullPct, hysteresisPct }) => hysteresisPct < fullPct, {
    path: ['hysteresisPct'],
    message: 'must be less than fullPct: no container would be empty enough',
  });
type ContainerFull = z.infer<typeof parameters>;

const containerSchema = z.object({
  /** The newest three levels in order of time, %. One wrong echo among three changes nothing. */
  levels: z.array(z.tuple([z.number(), z.number()])),
  /** Level that was last confirmed, %. */
  levelPct: z.number(),
  isTilted: z.boolean(),
  isFull: z.boolean(),
});
type Container = z.infer<typeof containerSchema>;

export const containerFull: RuleDefinition<ContainerFull> = {
  type: 'container-full',
  doc: `A container that has to be emptied: its level, confirmed by the median of three, has reached the limit. It is over when
the level is confirmed lower by the hysteresis; a drop of emptiedDropPct is told as an emptying then. Levels that a tilted sensor
sends are ignored; stored levels that come late take their place in time.`,
  level: 'device',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 0 },
  create,
};

function create(_: RuleContext<ContainerFull>): ReturnType<(typeof containerFull)['create']> {
  const states = createBuildingStates(z.record(z.string(), containerSchema), () => ({}));

  return {
    sees: ({ quantity, role }) =>
      (quantity === 'fillLevelPct' || quantity === 'tilted') && (role === undefined || role === 'container'),
    onReading: (reading, { parameters: options, told }, emit) => {
      const { point, value } = reading;
      const containers = states.of(point.building);
      const key = `${point.device}|${point.channel ?? ''}`;
      containers[key] ??= { levels: [], levelPct: 0, isTilted: false, isFull: false };
      const container = containers[key];
      if (container === undefined) return;
      if (point.quantity === 'tilted') {
        container.isTilted = value >= 0.5;
        return;
      }
      if (container.isTilted || !keep(container, reading)) return;
      const before = container.levelPct;
      container.levelPct = confirmed(container);
      const isFull = container.levelPct >= options.fullPct - (container.isFull ? options.hysteresisPct : 0);
      if (isFull === container.isFull) return;
      container.isFull = isFull;
      const atMs = container.levels.at(-1)?.[0] ?? reading.atMs;
      const about = { ...told, ...aboutPoint(point), atMs };
      if (isFull) {
        emit({ ...about, holds: true, ...fullOf(point, container, options) });
        return;
      }
      // An alert keeps what it said last: that somebody has been there is said before it ends.
      if (before - container.levelPct >= options.emptiedDropPct)
        emit({ ...about, holds: true, ...emptiedOf(point, container, before) });
      emit({ ...about, holds: false });
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

/** Puts a level in its place in time; false when it is there already. */
function keep({ levels }: Container, { atMs, value }: Reading): boolean {
  const behind = levels.findLastIndex(([time]) => time <= atMs);
  if (levels[behind]?.[0] === atMs) return false;
  levels.splice(behind + 1, 0, [atMs, value]);
  if (levels.length > 3) levels.shift();
  return true;
}

/** Median of three; of fewer, the lowest: a single level confirms nothing but an empty container. */
function confirmed({ levels }: Container): number {
  const sorted = levels.map(([, level]) => level).toSorted((a, b) => a - b);
  return (sorted.length < 2 ? 0 : sorted.length < 3 ? sorted[0] : sorted[1]) ?? 0;
}

function fullOf(point: PlacedPoint, { levelPct }: Container, { fullPct }: ContainerFull): Said {
  const level = Math.round(levelPct);
  return {
    title: `Container ${placeName(point)} is ${level} % full`,
    detail: `The level passed ${fullPct} % and was confirmed by a second reading: empty it on the next round.`,
    facts: { device: point.device, levelPct: level, limitPct: fullPct, emptied: false },
  };
}

function emptiedOf(point: PlacedPoint, { levelPct }: Container, beforePct: number): Said {
  const [level, before] = [Math.round(levelPct), Math.round(beforePct)];
  return {
    title: `Container ${placeName(point)} has been emptied`,
    detail: `From ${before} % to ${level} %.`,
    facts: { device: point.device, levelPct: level, wasPct: before, emptied: true },
  };
}

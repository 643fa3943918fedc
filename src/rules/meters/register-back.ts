import { z } from 'zod';
import type { Finding } from '../../domain/alert.ts';
import { quantities } from '../../domain/quantity.ts';
import type { PlacedPoint } from '../../domain/reading.ts';
import { isoTime } from '../../domain/time.ts';
import { aboutPoint } from '../about.ts';
import { createBuildingStates } from '../building-states.ts';
import { inWords } from '../in-words.ts';
import { number } from '../parameters.ts';
import { quantityLabel } from '../quantity-label.ts';
import type { RuleContext, RuleDefinition, Told } from '../rule.ts';
import { foldAlone, foldLeap, leapsSchema, newLeaps } from './register-leaps.ts';

const parameters = z.strictObject({
  tolerancePct: number(0, 50)
    .default(0.001)
    .describe('a step back by up to this share of the register is rounding, %'),
});
type RegisterBack = z.infer<typeof parameters>;

const pointSchema = z.object({
  lastMs: z.number(),
  last: z.number(),
  /** The one before the last: a leap up that is taken back was a leap, not a reset. */
  before: z.number(),
  /** What it stood at when it went back, until a second reading confirms that, and when the first came. */
  from: z.number().exactOptional(),
  backMs: z.number(),
  isBack: z.boolean(),
  leaps: leapsSchema.exactOptional(),
});

export const registerBack: RuleDefinition<RegisterBack> = {
  type: 'register-back',
  doc: `A register went backwards: reset, exchanged, rolled over, or it leapt up and came back. Told when two readings in a row
are below what it stood at, or one alone for the third time within a day (another meter’s, or those of another day), over when it has
counted upwards for the time of clear. What it counts in between is of no use. A register that leaps by far more than it ever counted and
goes on from there is told, too: nobody used that.`,
  level: 'point',
  parameters: () => parameters,
  defaults: { severity: 'warning', forMs: 0, clearMs: 24 * 3_600_000 },
  create,
};

function create(_: RuleContext<RegisterBack>): ReturnType<(typeof registerBack)['create']> {
  const states = createBuildingStates(z.record(z.string(), pointSchema), () => ({}));

  return {
    sees: ({ quantity }) => quantities[quantity].kind === 'register',
    onReading: ({ point, atMs, value }, { parameters: { tolerancePct }, told }, emit) => {
      const points = states.of(point.building);
      const state = points[point.key];
      if (state === undefined) {
        points[point.key] = { lastMs: atMs, last: value, before: value, backMs: 0, isBack: false };
        return;
      }
      if (atMs <= state.lastMs) return;
      const least = (stood: number) => stood * (1 - tolerancePct / 100);
      const tell = (gone: Partial<Gone> & Pick<Gone, 'from'>) => {
        state.isBack = true;
        const { before, backMs } = state;
        const cause = causeOf({ stood: gone.from, before, value });
        emit(finding(point, told, { value, backMs, cause, ...gone }, atMs));
      };
      state.leaps ??= newLeaps();
      const { from, last, leaps } = state;
      if (from !== undefined) {
        delete state.from;
        if (value < least(from)) tell({ from });
        else {
          // One reading alone was wrong.
          state.last = from;
          if (foldAlone(leaps, atMs)) tell({ from, cause: mixed, value: last });
        }
      } else if (value < least(last)) {
        Object.assign(state, { from: last, backMs: atMs });
        delete leaps.leapt;
      } else {
        const leapt = foldLeap(leaps, { atMs, value, beforeMs: state.lastMs, before: last });
        if (leapt) tell({ from: leapt.from, backMs: leapt.atMs, cause: leaptUp, value: last });
        else if (state.isBack) {
          state.isBack = false;
          emit({ ...told, ...aboutPoint(point), atMs, holds: false });
        }
      }
      if (state.from === undefined || value >= last) state.before = state.last;
      state.last = value;
      state.lastMs = atMs;
    },
    snapshot: states.snapshot,
    restore: states.restore,
  };
}

/** Where a register was and is, since when, and why, likely. */
type Gone = {
  readonly from: number;
  readonly value: number;
  readonly backMs: number;
  readonly cause: Cause;
};
type Cause = { readonly is: string; readonly went?: string; readonly text: string; readonly todo: string };

const mixed: Cause = {
  is: 'mixed',
  text: 'It goes to and fro: readings of another meter, or of another day, come under its name.',
  todo: 'First look whether two devices send by one name, then whether something stored is sent again with a wrong time. What they add up to is of no use.',
};
const leaptUp: Cause = {
  is: 'leapt',
  went: 'leapt up',
  text: 'It leapt by far more than it ever counted in that time, and goes on from there: a wrong digit, another meter under its name, or an exchange that the register of devices does not know.',
  todo: 'First compare the display with the reading. Loads and bills have what it leapt by, unless no building could draw it.',
};

function finding(
  point: PlacedPoint,
  told: Told,
  { from, value, backMs, cause }: Gone,
  atMs: number,
): Finding {
  const { device, quantity } = point;
  const { name, unit } = quantityLabel(quantity);
  return {
    ...told,
    ...aboutPoint(point),
    atMs,
    holds: true,
    title: `${name} of ${device} ${cause.went ?? 'went back'} from ${inWords(from, unit)} to ${inWords(value, unit)}`,
    detail: `${cause.text} Two readings since ${isoTime(backMs)} say so. ${cause.todo}`,
    facts: {
      device,
      quantity,
      since: isoTime(backMs),
      value: rounded(value),
      before: rounded(from),
      cause: cause.is,
    },
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function causeOf({ stood, before, value }: { stood: number; before: number; value: number }): Cause {
  if (value >= before && before < stood) {
    return {
      is: 'leap',
      text: 'It had leapt up and came back: a reading was wrong.',
      todo: 'Nothing is lost; if it comes again, look at the meter’s transmission and its decoding.',
    };
  }
  // Registers of n digits, in any unit that is a power of ten of kvarter's, begin again at a power of ten.
  const full = 10 ** Math.ceil(Math.log10(Math.max(stood, 1)));
  if (stood > 0.98 * full && value < 0.02 * full) {
    return {
      is: 'roll-over',
      text: 'It was full and began again from nothing.',
      todo: 'The meter is well; check that the interval of that moment is what it should be.',
    };
  }
  if (value < 0.05 * stood) {
    return {
      is: 'reset',
      text: 'Likely the meter was reset or exchanged.',
      todo: 'First ask whether somebody exchanged it, and enter the new meter in the register of devices.',
    };
  }
  return {
    is: 'backwards',
    text: 'Likely wired the wrong way round, flow backwards, or two meters under one name.',
    todo: 'First compare the display with the reading, then look at the wiring, a check valve and the meter’s address.',
  };
}

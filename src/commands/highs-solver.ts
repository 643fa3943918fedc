import { createRequire } from 'node:module';
import type HighsModule from 'highs';
import type { LinearSolver } from '../energy/storage/linear-program.ts';

// The package's types say CommonJS for both of its forms, so its CommonJS form is what they are right about.
const loadHighs: typeof HighsModule.default = createRequire(import.meta.url)('highs');

/**
 * HiGHS, compiled to WebAssembly (MIT): a simplex and branch-and-cut solver. The runtime is loaded once and serves many
 * programs, one after another. `mipGap`: relative distance from the proven bound at which a whole-number search may stop.
 */
export async function openHighs({
  mipGap = 1e-4,
  timeLimitS = 300,
}: {
  readonly mipGap?: number;
  readonly timeLimitS?: number;
} = {}): Promise<LinearSolver> {
  const highs = await loadHighs();
  const { modelStatus, variableType } = highs.constants;
  return ({ cost, lower, upper, isInteger, rowLower, rowUpper, starts, indices, values }) => {
    using model = highs.createModel({
      numCols: cost.length,
      numRows: rowLower.length,
      colCost: cost,
      colLower: lower,
      colUpper: upper,
      rowLower,
      rowUpper,
      matrix: { format: 'csr', numRows: rowLower.length, numCols: cost.length, starts, indices, values },
      ...(isInteger.includes(true) && {
        integrality: isInteger.map((whole) => (whole ? variableType.integer : variableType.continuous)),
      }),
    });
    model.options.set({ output_flag: false, mip_rel_gap: mipGap, time_limit: timeLimitS });
    model.run();
    const status = model.getModelStatus();
    const isKnown =
      status === modelStatus.optimal || (status === modelStatus.timeLimit && isInteger.includes(true));
    const x = model.getSolution().colValue;
    if (!isKnown || !Number.isFinite(model.getObjectiveValue())) {
      return { ok: false, status: `the solver found no plan (HiGHS model status ${status})` };
    }
    return { ok: true, x, isProven: status === modelStatus.optimal };
  };
}

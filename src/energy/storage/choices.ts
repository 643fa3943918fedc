import { keptShare, type StorageSite } from './battery.ts';
import { billedBy, type Piece } from './peak-term.ts';
import type { Stage, Table } from './stage.ts';

/** What a kWh beyond a limit of the connection costs: far more than any tariff, so that limits give way only where they must. */
const VIOLATION_PRICE = 1e4;

/** Cost of a stage at a grid power, kW: what is bought or sold, and limits that are passed. */
function costOfGrid(
  { importLimitKw, exportLimitKw }: StorageSite,
  { hours, buy, sell }: Pick<Stage, 'hours' | 'buy' | 'sell'>,
  gridKw: number,
): number {
  const over = Math.max(gridKw - importLimitKw, 0) + Math.max(-gridKw - exportLimitKw, 0);
  return (gridKw > 0 ? gridKw * buy : gridKw * sell) * hours + over * VIOLATION_PRICE * hours;
}

/** What may be done in a stage from one state of the store, and what each choice leads to. */
export function createCandidates(most: number) {
  const gridKw = new Float64Array(most);
  const costs = new Float64Array(most);
  const cells = new Int32Array(most);
  const rests = new Float64Array(most);
  /** Places of the billed powers on the grids. */
  const places1 = new Float64Array(most);
  const places2 = new Float64Array(most);
  let count = 0;

  const collect = (
    site: StorageSite,
    stage: Stage,
    { storedKwh, loadKw, table }: { storedKwh: number; loadKw: number; table: Table },
    levelsKw: readonly number[] = [],
  ): void => {
    const { battery } = site;
    const { hours } = stage;
    const { first, second, contents, stepKwh } = table;
    const [pieces1 = noPieces, pieces2 = noPieces] = stage.pieces;
    count = 0;
    const keptKwh = storedKwh * keptShare(battery, hours);
    const highest = Math.min(
      battery.capacityKwh,
      keptKwh + battery.chargeKw * battery.chargeEfficiency * hours,
    );
    const lowest = Math.max(0, keptKwh - (battery.dischargeKw * hours) / battery.dischargeEfficiency);
    const add = (kwh: number): void => {
      const flow = (kwh - keptKwh) / hours;
      const grid = loadKw + (flow > 0 ? flow / battery.chargeEfficiency : flow * battery.dischargeEfficiency);
      gridKw[count] = grid;
      costs[count] = costOfGrid(site, stage, grid);
      const cell = Math.min(Math.floor(kwh / stepKwh + 1e-9), contents - 1);
      cells[count] = cell;
      const rest = kwh / stepKwh - cell;
      rests[count] = rest > 1e-9 ? rest : 0;
      const bought = Math.max(grid, 0);
      places1[count] = (billedBy(pieces1, bought) - first.fromKw) / first.stepKw;
      places2[count] = (billedBy(pieces2, bought) - second.fromKw) / second.stepKw;
      // Above the grids the cost of a peak is not known: nothing is charged there.
      const above = Math.max(
        ((places1[count] ?? 0) - first.points + 1) * first.stepKw,
        ((places2[count] ?? 0) - second.points + 1) * second.stepKw,
      );
      if (flow > 0 && above > 1e-9) costs[count] = (costs[count] ?? 0) + above * VIOLATION_PRICE * hours;
      count += 1;
    };
    const addGrid = (grid: number): void => {
      const power = grid - loadKw;
      const flow = power > 0 ? power * battery.chargeEfficiency : power / battery.dischargeEfficiency;
      const kwh = keptKwh + flow * hours;
      if (kwh > lowest && kwh < highest) add(kwh);
    };
    const end = Math.floor(highest / stepKwh + 1e-9);
    for (let i = Math.ceil(lowest / stepKwh - 1e-9); i <= end; i += 1) add(i * stepKwh);
    add(highest);
    add(lowest);
    addGrid(loadKw);
    addGrid(0);
    if (loadKw + battery.chargeKw > site.importLimitKw) addGrid(site.importLimitKw);
    if (battery.dischargeKw - loadKw > site.exportLimitKw) addGrid(-site.exportLimitKw);
    for (const level of levelsKw) addGrid(level);
  };

  const row = new Float64Array(MOST_POINTS);
  /** The values over the second peak, at a place between contents and first peaks. */
  const fill = (table: Table, next: Float64Array, base: number, c: number, place1: number): void => {
    const { first, second } = table;
    const peaks = first.points * second.points;
    const i = Math.floor(place1);
    const rest1 = place1 - i;
    const at = base + (cells[c] ?? 0) * peaks + i * second.points;
    const rest = rests[c] ?? 0;
    for (let x = 0; x < second.points; x += 1) {
      let value = next[at + x] ?? 0;
      if (rest1 > 0) value += rest1 * ((next[at + x + second.points] ?? 0) - value);
      if (rest > 0) {
        let above = next[at + x + peaks] ?? 0;
        if (rest1 > 0) above += rest1 * ((next[at + x + peaks + second.points] ?? 0) - above);
        value += rest * (above - value);
      }
      row[x] = value;
    }
  };

  /** The lowest expected cost from all places of the peaks on, into `out`. */
  const best = (table: Table, next: Float64Array, base: number, out: Float64Array): void => {
    const { first, second } = table;
    out.fill(Number.POSITIVE_INFINITY);
    const n2 = second.points;
    if (n2 === 1) {
      const n = first.points;
      for (let c = 0; c < count; c += 1) {
        const cost = costs[c] ?? 0;
        const place = Math.min(Math.max(places1[c] ?? 0, 0), n - 1);
        const rest = rests[c] ?? 0;
        const at = base + (cells[c] ?? 0) * n;
        const i = Math.floor(place);
        const r = place - i;
        let raised = next[at + i] ?? 0;
        if (r > 0) raised += r * ((next[at + i + 1] ?? 0) - raised);
        if (rest > 0) {
          let above = next[at + n + i] ?? 0;
          if (r > 0) above += r * ((next[at + n + i + 1] ?? 0) - above);
          raised += rest * (above - raised);
        }
        raised += cost;
        const end = r > 0 ? i + 1 : i;
        for (let x = 0; x < end; x += 1) if (raised < (out[x] ?? 0)) out[x] = raised;
        if (rest > 0) {
          for (let x = end; x < n; x += 1) {
            const value = next[at + x] ?? 0;
            const cost2 = cost + value + rest * ((next[at + n + x] ?? 0) - value);
            if (cost2 < (out[x] ?? 0)) out[x] = cost2;
          }
        } else {
          for (let x = end; x < n; x += 1) {
            const value = cost + (next[at + x] ?? 0);
            if (value < (out[x] ?? 0)) out[x] = value;
          }
        }
      }
      return;
    }
    for (let c = 0; c < count; c += 1) {
      const cost = costs[c] ?? 0;
      const place1 = Math.min(Math.max(places1[c] ?? 0, 0), first.points - 1);
      const place2 = Math.min(Math.max(places2[c] ?? 0, 0), n2 - 1);
      const i2 = Math.floor(place2);
      const r2 = place2 - i2;
      const end2 = r2 > 0 ? i2 + 1 : i2;
      let isFilled = false;
      for (let x1 = 0; x1 < first.points; x1 += 1) {
        if (x1 >= place1) fill(table, next, base, c, x1);
        else if (!isFilled) {
          fill(table, next, base, c, place1);
          isFilled = true;
        }
        let raised = cost + (row[i2] ?? 0);
        if (r2 > 0) raised += r2 * ((row[i2 + 1] ?? 0) - (row[i2] ?? 0));
        const to = x1 * n2;
        for (let x = 0; x < end2; x += 1) if (raised < (out[to + x] ?? 0)) out[to + x] = raised;
        for (let x = end2; x < n2; x += 1) {
          const value = cost + (row[x] ?? 0);
          if (value < (out[to + x] ?? 0)) out[to + x] = value;
        }
      }
    }
  };

  /** The best choice's grid power from peaks at two places, kW. */
  const choose = (table: Table, next: Float64Array, base: number, at1: number, at2: number): number => {
    const { first, second } = table;
    let lowest = Number.POSITIVE_INFINITY;
    let chosen = 0;
    for (let c = 0; c < count; c += 1) {
      fill(table, next, base, c, Math.min(Math.max(places1[c] ?? 0, at1), first.points - 1));
      const place2 = Math.min(Math.max(places2[c] ?? 0, at2), second.points - 1);
      const i = Math.floor(place2);
      const value = row[i] ?? 0;
      const cost = (costs[c] ?? 0) + value + (place2 > i ? (place2 - i) * ((row[i + 1] ?? 0) - value) : 0);
      if (cost < lowest) {
        lowest = cost;
        chosen = c;
      }
    }
    return gridKw[chosen] ?? 0;
  };
  return { collect, best, choose };
}

const MOST_POINTS = 64;
const noPieces: readonly Piece[] = [];

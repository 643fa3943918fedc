import { z } from 'zod';
import { type BuildingStates, createBuildingStates } from './building-states.ts';

/** What a column of rows can hold: numbers, booleans, and one of some words. */
type Field = z.ZodNumber | z.ZodDefault<z.ZodNumber> | z.ZodBoolean | z.ZodEnum;

/**
 * The points of all buildings, a row of numbers for each: as objects they would take three times the memory. For rules that
 * keep a few numbers of nearly every point.
 */
export type PointRows<T> = {
  /**
   * What is known of the point. It is one object, which stands for this point until the next call, and for no other: keep it no
   * longer.
   */
  readonly find: (building: string, key: string) => T | undefined;
  /** Begins with what is given. */
  readonly add: (building: string, key: string, state: Readonly<T>) => T;
} & Pick<BuildingStates<T>, 'snapshot' | 'restore'>;

/** A building's. `numbers` has as many for each row as there are columns. */
type Table = { readonly rows: Map<string, number>; numbers: number[] };

export function createPointRows<F extends Readonly<Record<string, Field>>>(
  schema: z.ZodObject<F>,
): PointRows<z.infer<z.ZodObject<F>>> {
  type State = z.infer<z.ZodObject<F>>;
  const columns = Object.entries(schema.shape).map(([name, field]) => ({ name, values: valuesOf(field) }));
  const zeros = columns.map(() => 0);
  /** Where the row that is shown begins in the numbers of its building. */
  let [shown, offset]: [number[], number] = [[], 0];
  const view = z.custom<State>().parse(
    Object.defineProperties(
      {},
      Object.fromEntries(
        columns.map(({ name, values }, column): [string, PropertyDescriptor] => [
          name,
          {
            enumerable: true,
            ...(values === undefined
              ? {
                  get: () => shown[offset + column],
                  set: (value: number) => {
                    shown[offset + column] = value;
                  },
                }
              : {
                  get: () => values[shown[offset + column] ?? 0],
                  set: (value: boolean | string) => {
                    shown[offset + column] = values.indexOf(value);
                  },
                }),
          },
        ]),
      ),
    ),
  );
  const show = ({ numbers }: Table, row: number): State => {
    shown = numbers;
    offset = row * columns.length;
    return view;
  };
  const addTo = (table: Table, key: string, state: Readonly<State>): State => {
    const row = table.rows.size;
    table.rows.set(key, row);
    // A new array has no room to grow: one that numbers are put into keeps half as much again.
    table.numbers = [...table.numbers, ...zeros];
    return Object.assign(show(table, row), state);
  };

  const createTable = (): Table => ({ rows: new Map(), numbers: [] });
  const tables = createBuildingStates(
    z.record(z.string(), schema).transform((points) => {
      const table = createTable();
      for (const [key, state] of Object.entries(points)) addTo(table, key, state);
      return table;
    }),
    createTable,
    (table) => Object.fromEntries(Array.from(table.rows, ([key, row]) => [key, { ...show(table, row) }])),
  );

  return {
    find: (building, key) => {
      const table = tables.find(building);
      const row = table?.rows.get(key);
      return table === undefined || row === undefined ? undefined : show(table, row);
    },
    add: (building, key, state) => addTo(tables.of(building), key, state),
    snapshot: tables.snapshot,
    restore: tables.restore,
  };
}

/** The values that a number in the column stands for; undefined: itself. */
function valuesOf(field: Field): readonly (boolean | string | number)[] | undefined {
  if (field instanceof z.ZodBoolean) return [false, true];
  return field instanceof z.ZodEnum ? field.options : undefined;
}

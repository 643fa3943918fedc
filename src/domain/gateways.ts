import { deviceRow, type Register } from './register.ts';

/** What carries a device, as its row names it; the row for all its channels, or else its first. */
export function gatewayOf(register: Pick<Register, 'devices'>, device: string): string | undefined {
  return rowOf(register, device)?.gateway;
}

/** What a gateway carries, and which buildings that is in. */
export type Carrying = { readonly devices: readonly string[]; readonly buildings: readonly string[] };

const known = new WeakMap<Register, ReadonlyMap<string, Carrying>>();

/** By gateway; worked out once for a register, because a storm of alerts asks for each. */
export function carriedBy(register: Register): ReadonlyMap<string, Carrying> {
  const found = known.get(register);
  if (found) return found;
  const rows = [...register.devices.keys()].flatMap((device) => {
    const { gateway, building } = rowOf(register, device) ?? {};
    return gateway === undefined || building === undefined ? [] : [{ gateway, device, building }];
  });
  const made = new Map(
    [...Map.groupBy(rows, ({ gateway }) => gateway)].map(([gateway, all]) => {
      const buildings = [...new Set(all.map(({ building }) => building))];
      return [gateway, { devices: all.map(({ device }) => device), buildings }];
    }),
  );
  known.set(register, made);
  return made;
}

function rowOf({ devices }: Pick<Register, 'devices'>, device: string) {
  const rows = devices.get(device) ?? [];
  return deviceRow(rows, undefined) ?? rows[0];
}

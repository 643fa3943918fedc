import { quantities } from '../../src/domain/quantity.ts';
import type { Device, Register } from '../../src/domain/register.ts';
import { uncalibrate } from '../../src/ingest/normalise.ts';
import { createWorld, type WorldOptions } from '../world/world.ts';
import type { SensorPoint } from './points.ts';
import type { SensorFault } from './sensor-faults.ts';

type Options = WorldOptions & { readonly register: Register };

/**
 * How much a register is to be ahead of what it has counted, so that it is full at the moment that is planned: the same
 * world is let run that far once before, of the one building.
 */
export function rollOverLead(
  device: Device,
  { register, faults = [], ...options }: Options,
): (fault: SensorFault, point: SensorPoint) => number {
  const known = new Map<SensorPoint, number>();
  return (fault, point) => {
    const lead = known.get(point) ?? ahead(fault, point);
    known.set(point, lead);
    return lead;
  };

  function ahead(
    { fromMs, size }: SensorFault,
    { carried: { quantity }, channel, source }: SensorPoint,
  ): number {
    if (quantities[quantity].kind !== 'register' || source.of !== 'world') return 0;
    // It hardly counts in many houses, and would begin again weeks before what the fault is about, or at once.
    if (quantity === 'exportedEnergyWh') return 0;
    const scout = createWorld({
      ...options,
      register: only(register, device.building),
      faults: faults.filter(({ building }) => building === device.building),
    });
    scout.advance(Math.max(fromMs, options.startMs));
    const { building, role, space, id } = device;
    if (role === undefined) return 0;
    const place = { building, role, device: id, ...(space === undefined ? {} : { space }) };
    const value = scout.read(place, source.quantity, channel);
    return value === undefined ? 0 : size - uncalibrate({ quantity, value }, device);
  }
}

function only(register: Register, building: string): Register {
  return { ...register, buildings: new Map([...register.buildings].filter(([id]) => id === building)) };
}

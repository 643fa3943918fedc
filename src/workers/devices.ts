import type { DatabaseSync } from 'node:sqlite';
import type { NewDevice, Register } from '../domain/register.ts';
import { type Adoption, type AdoptionOptions, openAdoption } from '../ingest/adoption.ts';
import { type Intake, takeIn } from '../ingest/intake.ts';
import {
  openUnknownDevices,
  type UnknownDevices,
  type UnknownDevicesOptions,
} from '../ingest/unknown-devices.ts';

export type DevicesOptions = Pick<UnknownDevicesOptions, 'memory'> &
  Omit<AdoptionOptions, 'add' | 'unknown' | 'append'> & {
    readonly db: DatabaseSync;
    readonly register: {
      readonly current: () => Register;
      readonly add: AdoptionOptions['add'];
      readonly rowOf: (device: NewDevice) => string;
    };
    readonly formats: { readonly current: UnknownDevicesOptions['decoder'] };
    readonly journal: Intake;
  };

/** What can be asked of the devices, and done with them. */
export type Devices = {
  readonly unknown: UnknownDevices;
  readonly adoption: Adoption;
  readonly rowOf: (device: NewDevice) => string;
} & AsyncDisposable;

export function openDevices(options: DevicesOptions): Devices {
  const { db, register, journal, formats, memory, ...rest } = options;
  const unknown = openUnknownDevices(db, { register: register.current, decoder: formats.current, memory });
  const append: AdoptionOptions['append'] = (packet) => takeIn(journal, packet);
  const adoption = openAdoption({ ...rest, add: register.add, unknown, append });
  return {
    unknown,
    adoption,
    rowOf: register.rowOf,
    [Symbol.asyncDispose]: () => adoption[Symbol.asyncDispose](),
  };
}

import type { DatabaseSync } from 'node:sqlite';
import type { NewDevice, Register } from '../domain/register.ts';
import { type Adoption, type AdoptionOptions, openAdoption } from '../ingest/adoption.ts';
import type { DeviceBook } from '../ingest/device-book.ts';
import { type Intake, takeIn } from '../ingest/intake.ts';
import type { Quarantine } from '../ingest/quarantine.ts';
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
    readonly quarantine: Pick<Quarantine, 'countsOf'>;
    readonly heard: Pick<DeviceBook, 'of' | 'channels'> & {
      readonly suggested: UnknownDevicesOptions['suggested'];
    };
  };

/** What can be asked of the devices, and done with them. */
export type Devices = {
  readonly unknown: UnknownDevices;
  readonly adoption: Adoption;
  readonly rowOf: (device: NewDevice) => string;
  readonly health: DeviceBook['of'];
  readonly channels: DeviceBook['channels'];
  readonly rejects: Quarantine['countsOf'];
} & AsyncDisposable;

export function openDevices(options: DevicesOptions): Devices {
  const { db, register, journal, formats, memory, heard, ...rest } = options;
  const unknown = openUnknownDevices(db, {
    register: register.current,
    decoder: formats.current,
    memory,
    suggested: heard.suggested,
  });
  const append: AdoptionOptions['append'] = (packet) => takeIn(journal, packet);
  const adoption = openAdoption({ ...rest, add: register.add, unknown, append });
  return {
    unknown,
    adoption,
    rowOf: register.rowOf,
    health: heard.of,
    channels: heard.channels,
    rejects: rest.quarantine.countsOf,
    [Symbol.asyncDispose]: () => adoption[Symbol.asyncDispose](),
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemText } from '../../../src/config/problem.ts';
import { parseRegister, type RegisterFile } from '../../../src/config/register.ts';
import { knowsModel } from '../../../src/decode/index.ts';
import type { Register } from '../../../src/domain/register.ts';

const config = join(import.meta.dirname, '../../../config');
const shippedTariffs = readdirSync(join(config, 'tariffs'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

/** The register that kvarter is shipped with. */
export function exampleRegister(): Register {
  const shipped = (file: string): RegisterFile => ({
    file,
    text: readFileSync(join(config, 'register', file), 'utf8'),
  });
  return registerOf(shipped('places.yaml'), shipped('devices.csv'));
}

/** A register without a problem or a warning, as `kvarter start` reads it. */
export function registerOf(places: RegisterFile, devices: RegisterFile): Register {
  const parsed = parseRegister(places, devices, {
    tariffNames: new Set(shippedTariffs),
    knowsModel,
  });
  const problems = parsed.ok ? parsed.warnings : parsed.problems;
  if (!parsed.ok || problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
  return parsed.register;
}

/** The same register with only some of its devices. */
export function withDevices(register: Register, isKept: (device: string) => boolean): Register {
  return { ...register, devices: new Map([...register.devices].filter(([id]) => isKept(id))) };
}

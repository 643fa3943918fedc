import type { Config } from '../config/config.ts';
import { loadMappings } from '../config/mappings.ts';
import type { Problem } from '../config/problem.ts';
import { loadRegister } from '../config/register-source.ts';
import { loadRules } from '../config/rules.ts';
import { loadTariffs, type Tariffs } from '../config/tariffs.ts';
import type { Decoder } from '../decode/decoder.ts';
import { knowsModel } from '../decode/index.ts';
import type { MappingSpec } from '../decode/mapping-schema.ts';
import { decoderWith } from '../decode/with-mappings.ts';
import type { Register } from '../domain/register.ts';
import type { RuleSet } from '../rules/rule-file.ts';

/** What a service with these settings would know: the files that they name, read once. */
export type Surroundings = {
  readonly tariffs: Tariffs;
  readonly mappings: readonly MappingSpec[];
  readonly decoder: Decoder;
  readonly register: Register;
  readonly rules: RuleSet;
  readonly warnings: readonly Problem[];
};

/** Throws `config-invalid` with all problems of the first kind of file that is wrong. */
export function loadSurroundings(config: Config): Surroundings {
  const tariffs = loadTariffs(config.tariffs);
  const mappings = loadMappings(config.decode.mappings, { isTaken: knowsModel });
  const decoder = decoderWith(mappings);
  const loaded = loadRegister(config.register, {
    tariffNames: new Set(tariffs.keys()),
    knowsModel: decoder.knowsModel,
  });
  const rules = loadRules(config.rules);
  return { tariffs, mappings, decoder, rules, ...loaded };
}

import { loadConfig } from '../config/config.ts';
import { agesOf, holdsOf } from '../config/durations.ts';
import { loadMappings } from '../config/mappings.ts';
import { loadTariffs } from '../config/tariffs.ts';
import { knowsModel } from '../decode/index.ts';
import { decoderWith } from '../decode/with-mappings.ts';
import { type Command, placesOf } from './command.ts';
import { readRuleTests } from './rules-test-file.ts';
import { runRuleTest } from './rules-test-run.ts';
import { registerOfTests, rulesOfTests } from './rules-test-surroundings.ts';

export const rulesTest: Command = {
  usage: 'kvarter rules test FILE… [--config FILE] [--json]',
  help: `Exit code 0 when every test passes, 1 when one fails, 2 when a file is wrong (with file, line, column and path).

  rules      path of a rule file (beside the test file), or its text, or its list; default: that of the configuration
  register   places: path or text of places.yaml; devices: path or text of devices.csv; default: that of the configuration
  tests      each with
    name, start (ISO 8601 with offset), step (between values; default 1 min)
    series   device, quantity, channel; values, or at: a list of [moment, value]; start and step of its own
             values: 20 once, 20x30 thirty times, +0.1x10 ten more, each 0.1 above the one before (+-0.1x10: below),
             20+0.1x10 eleven, from 20 on; _ and _x10 a gap
    only     names of rules: no others are compared
    expect   at (90 min, 1 h 30 min after the start, or a time): alerts, exactly those that fire then: rule; severity, building,
             space, device, quantity, subject, facts; title and detail in part

  kvarter rules test config/rules-test.yaml`,
  options: { config: { type: 'string' }, json: { type: 'boolean' } },
  files: { min: 1, max: 1000 },
  run: async (context, args) => {
    const { config } = loadConfig(placesOf(context, args));
    const tariffs = loadTariffs(config.tariffs);
    const { knowsModel: knows } = decoderWith(loadMappings(config.decode.mappings, { isTaken: knowsModel }));
    const named = { tariffNames: new Set(tariffs.keys()), knowsModel: knows };
    let [passed, failed] = [0, 0];
    for (const file of args.files) {
      const tests = readRuleTests(file);
      const rules = rulesOfTests(tests, config);
      const register = registerOfTests(tests, config, named);
      const surroundings = { rules, register: () => register, holds: holdsOf(config), tariffs };
      for (const [n, test] of tests.tests.entries()) {
        const { name, failures } = runRuleTest(tests, n, test, surroundings, agesOf(config));
        if (failures.length === 0) passed += 1;
        else failed += 1;
        if (args.values.json) {
          const result = { file, test: name, passed: failures.length === 0, failures };
          context.print(`${JSON.stringify(result)}\n`);
        } else if (failures.length > 0) {
          context.print(`FAILED ${name}\n${failures.map((line) => `  ${line}\n`).join('')}`);
        }
      }
    }
    if (!args.values.json) context.print(`${passed} tests passed, ${failed} failed.\n`);
    return failed === 0 ? 0 : 1;
  },
};

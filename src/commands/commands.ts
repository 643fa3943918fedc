import { alertList, alertShow } from './alert-list.ts';
import { alertAcknowledge, alertOutcome } from './alert-say.ts';
import { billCommand } from './bill.ts';
import { collect } from './collect.ts';
import { comfort } from './comfort.ts';
import { comfortDigest } from './comfort-digest.ts';
import type { Command } from './command.ts';
import { configCheck } from './config-check.ts';
import { decode } from './decode.ts';
import { demo } from './demo.ts';
import { detect } from './detect.ts';
import { deviceAdopt } from './device-adopt.ts';
import { deviceCredentials } from './device-credentials.ts';
import { deviceList, deviceShow } from './device-list.ts';
import { deviceUnknown } from './device-unknown.ts';
import { fill } from './fill.ts';
import { forecast } from './forecast.ts';
import { guardReportCommand } from './guard-report.ts';
import { importFiles } from './import.ts';
import { load } from './load.ts';
import { notificationsDead, notificationsRetry } from './notifications.ts';
import { quarantine } from './quarantine.ts';
import { replay } from './replay.ts';
import { reprocess } from './reprocess.ts';
import { rulesCheck } from './rules-check.ts';
import { rulesList } from './rules-list.ts';
import { rulesTest } from './rules-test.ts';
import { score } from './score.ts';
import { shaveCommand } from './shave.ts';
import { silenceAdd, silenceList, silenceRemove } from './silence.ts';
import { simulate } from './simulate.ts';
import { start } from './start.ts';

/** Every command, in the order in which `kvarter --help` lists them. */
export const commands: Readonly<Record<string, Command>> = {
  start,
  demo,
  simulate,
  load,
  score,
  replay,
  detect,
  import: importFiles,
  'guard-report': guardReportCommand,
  bill: billCommand,
  forecast,
  quarantine,
  reprocess,
  fill,
  collect,
  comfort,
  'comfort digest': comfortDigest,
  decode,
  shave: shaveCommand,
  'alert list': alertList,
  'alert show': alertShow,
  'alert acknowledge': alertAcknowledge,
  'alert outcome': alertOutcome,
  'silence list': silenceList,
  'silence add': silenceAdd,
  'silence remove': silenceRemove,
  'device list': deviceList,
  'device show': deviceShow,
  'device unknown': deviceUnknown,
  'device adopt': deviceAdopt,
  'device credentials': deviceCredentials,
  'notifications dead': notificationsDead,
  'notifications retry': notificationsRetry,
  'config check': configCheck,
  'rules check': rulesCheck,
  'rules list': rulesList,
  'rules test': rulesTest,
};

import { adeunisPulse } from './adeunis-pulse.ts';
import { adeunisTemp } from './adeunis-temp.ts';
import { axiomaW1 } from './axioma-w1.ts';
import { decentlabUltrasonic } from './decentlab-ultrasonic.ts';
import type { Model } from './decode.ts';
import { draginoLdds75 } from './dragino-ldds75.ts';
import { draginoLsn50 } from './dragino-lsn50.ts';
import { elsys } from './elsys.ts';
import { elvacoCmi41 } from './elvaco-cmi41.ts';
import { kamstrupHeat, kamstrupWater } from './kamstrup.ts';
import { milesightAm100 } from './milesight-am100.ts';
import { milesightAm307, milesightAm308, milesightAm319 } from './milesight-am300.ts';
import { milesightCt10x } from './milesight-ct10x.ts';
import { milesightEm300 } from './milesight-em300.ts';
import { milesightEm310Udl } from './milesight-em310-udl.ts';
import { milesightEm400 } from './milesight-em400.ts';
import { milesightEm500Udl } from './milesight-em500-udl.ts';
import { milesightWs301 } from './milesight-ws301.ts';
import { netvoxR718x } from './netvox-r718x.ts';
import { sensativeStrips } from './sensative-strips.ts';

/** Every device model whose raw bytes can be read. */
export const models: readonly Model[] = [
  elsys,
  milesightEm300,
  milesightEm310Udl,
  milesightEm400,
  milesightEm500Udl,
  milesightAm100,
  milesightAm307,
  milesightAm308,
  milesightAm319,
  milesightWs301,
  milesightCt10x,
  sensativeStrips,
  adeunisTemp,
  adeunisPulse,
  axiomaW1,
  elvacoCmi41,
  kamstrupWater,
  kamstrupHeat,
  decentlabUltrasonic,
  draginoLdds75,
  draginoLsn50,
  netvoxR718x,
];

const byName = new Map(
  models.flatMap((model) => [model.name, ...model.aliases].map((name) => [plainName(name), model] as const)),
);

/** As names are spelled in the register, which asks for the same few again and again. */
const found = new Map<string, Model | undefined>();
const MOST_FOUND = 1000;

/** The model of that name or alias, without regard to case and punctuation. */
export function findModel(name: string): Model | undefined {
  const known = found.get(name);
  if (known !== undefined || found.has(name)) return known;
  const model = byName.get(plainName(name));
  if (found.size >= MOST_FOUND) found.clear();
  found.set(name, model);
  return model;
}

/** `Milesight EM400-MUD` → `milesightem400mud`. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

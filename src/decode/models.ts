import type { Model } from './decode.ts';
import { elsys } from './elsys.ts';
import { milesightEm400 } from './milesight-em400.ts';

/** Every device model whose raw bytes can be read. */
export const models: readonly Model[] = [elsys, milesightEm400];

const byName = new Map(
  models.flatMap((model) => [model.name, ...model.aliases].map((name) => [plainName(name), model] as const)),
);

/** The model of that name or alias, without regard to case and punctuation. */
export function findModel(name: string): Model | undefined {
  return byName.get(plainName(name));
}

/** `Milesight EM400-MUD` → `milesightem400mud`. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

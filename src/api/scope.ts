import { z } from 'zod';
import { carriers } from '../domain/interval.ts';
import type { Register } from '../domain/register.ts';
import { RequestProblem } from './problem.ts';

/** What a question is about: a building, or all buildings of an area or of the organisation. */
export const scopeParameter = z
  .string()
  .regex(/^(building|area|organisation):.+$/, 'must be building:ID, area:ID or organisation:ID');

/** What the main meters meter that are asked for. */
export const carrierParameter = z
  .enum(carriers)
  .default('electricity')
  .describe('heat: of the meters with the role heatMain');

/** `building:b1` as `building` and `b1`. */
export function kindAndId(scope: string): readonly [kind: string, id: string] {
  const at = scope.indexOf(':');
  return [scope.slice(0, at), scope.slice(at + 1)];
}

/** The buildings of a scope; of none, all. Throws a 404 for one that the register does not have. */
export function buildingsOf(register: Register, scope: string | undefined): ReadonlySet<string> {
  if (scope === undefined) return new Set(register.buildings.keys());
  const [kind, id] = kindAndId(scope);
  if (kind === 'building' && register.buildings.has(id)) return new Set([id]);
  const area = kind === 'area' ? register.areas.find((candidate) => candidate.id === id) : undefined;
  if (area) return new Set(area.buildings);
  if (kind === 'organisation' && register.organisation.id === id) return new Set(register.buildings.keys());
  throw new RequestProblem(404, `scope: the register has no ${kind} ${id}`);
}

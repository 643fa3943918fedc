import { z } from 'zod';
import type { Alert } from '../domain/alert.ts';
import { organisationPlace, type Register } from '../domain/register.ts';
import { covers, oneOrMore, placeOf, scopeSchema } from '../rules/scope.ts';

/** What a silence covers: all that is named must fit, places as in the scopes of rules, and the rule's name. */
export const silenceScopeSchema = scopeSchema
  .extend({ rule: oneOrMore(z.string().min(1)).exactOptional() })
  .refine(
    (scope) => Object.keys(scope).length > 0,
    'must name something: the organisation, if it is for all',
  );
export type SilenceScope = z.infer<typeof silenceScopeSchema>;

/** What fires in [fromMs, untilMs) is kept and shown, but told nobody until the silence is over. */
export type Silence = {
  readonly id: string;
  readonly scope: SilenceScope;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly by: string;
  readonly reason: string;
  readonly createdAtMs: number;
};

type About = Pick<Alert, 'rule' | 'building' | 'space' | 'device' | 'quantity'>;

/** Does a silence cover such an alert, while it lasts? */
export function silenceCovers(
  { scope: { rule, ...place } }: Pick<Silence, 'scope'>,
  alert: About,
  register: Register,
): boolean {
  return (rule?.includes(alert.rule) ?? true) && covers(place, placeOf(register, alert));
}

/** What of a scope names nothing that is there, as path and message: a typing error would silence nobody. */
export function unknownInScope(
  scope: SilenceScope,
  register: Register,
  rules: readonly string[],
): readonly { readonly path: string; readonly message: string }[] {
  const spaces = new Set(
    [...register.buildings.values()].flatMap(({ spaces: all }) => all.map(({ id }) => id)),
  );
  const isKnown = {
    organisation: (id: string) => id === register.organisation.id,
    area: (id: string) => register.areas.some((area) => area.id === id),
    building: (id: string) => register.buildings.has(id) || id === organisationPlace(register),
    space: (id: string) => spaces.has(id),
    device: (id: string) => register.devices.has(id),
    rule: (id: string) => rules.includes(id),
  };
  return keys.flatMap((key) =>
    (scope[key] ?? [])
      .filter((id) => !isKnown[key](id))
      .map((id) => ({
        path: `scope.${key}`,
        message: `${key === 'rule' ? 'there is no rule' : `the register has no ${key}`} ${id}`,
      })),
  );
}
const keys = ['organisation', 'area', 'building', 'space', 'device', 'rule'] as const;

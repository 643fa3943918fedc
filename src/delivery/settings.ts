import { z } from 'zod';
import { severities } from '../domain/alert.ts';
import { duration } from '../rules/parameters.ts';
import { hourSpans } from '../rules/schedule-schema.ts';
import { oneOrMore, scopeSchema } from '../rules/scope.ts';

export const languages = ['en', 'sv'] as const;
export type Language = (typeof languages)[number];

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'a name is small letters, digits and "-", at most 41 of them');
const address = z.email({ error: ({ input }) => `${String(input)} is no e-mail address` });
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
  .refine((url) => (URL.parse(url)?.username ?? '') === '', {
    error: 'a secret does not belong in the file: use secretFile (webhook) or tokenFile (ntfy)',
  });
const file = z.string().min(1);

/** The keys of a recipient that say by which channel it is told. */
const channels = ['email', 'ntfy', 'webhook'] as const;

const recipientSchema = z
  .strictObject({
    name: name.refine(
      (text) => text !== 'webhook',
      '"webhook" is the receiver of alerts.webhook: choose another',
    ),
    email: oneOrMore(address).exactOptional(),
    /** `https://ntfy.sh/TOPIC`. */
    ntfy: httpUrl.exactOptional(),
    tokenFile: file.exactOptional(),
    webhook: httpUrl.exactOptional(),
    secretFile: file.exactOptional(),
    language: z.enum(languages).default('en'),
    quietHours: hourSpans.exactOptional(),
    /** Absent: what is usual for the channel. */
    messagesPerHour: z.int().min(0).max(100_000).exactOptional(),
    grouped: z.boolean().default(true),
  })
  .superRefine((recipient, context) => {
    const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    const named = channels.filter((key) => recipient[key] !== undefined);
    if (named.length !== 1) say('name', `say one of ${channels.join(', ')}: how is ${recipient.name} told?`);
    if (recipient.tokenFile !== undefined && recipient.ntfy === undefined) say('tokenFile', 'goes with ntfy');
    if (recipient.secretFile !== undefined && recipient.webhook === undefined) {
      say('secretFile', 'goes with webhook');
    }
  });
/** Somebody who is told of alerts, by one channel. */
export type RecipientSettings = z.infer<typeof recipientSchema>;

export const routeScopeSchema = scopeSchema.extend({
  rule: oneOrMore(z.string().min(1)).exactOptional(),
  severity: oneOrMore(z.enum(severities)).exactOptional(),
});

const routeSchema = z.strictObject({
  scope: routeScopeSchema.prefault({}),
  to: oneOrMore(z.string()),
  escalate: z
    .array(z.strictObject({ after: duration(30 * 86_400_000), to: oneOrMore(z.string()) }))
    .max(10)
    .default([]),
});
/** Which alerts are told to whom, and to whom next when nobody takes them on. */
export type Route = z.infer<typeof routeSchema>;

export const recipientsSchema = z
  .array(recipientSchema)
  .max(10_000)
  .superRefine((recipients, context) => {
    const names = recipients.map((recipient) => recipient.name);
    names.forEach((given, n) => {
      if (names.indexOf(given) < n) {
        context.addIssue({ code: 'custom', path: [n, 'name'], message: `${given} is there twice` });
      }
    });
  })
  .default([]);
export const routesSchema = z.array(routeSchema).max(10_000).default([]);

type Named = { readonly recipients: readonly RecipientSettings[]; readonly routes: readonly Route[] };

/** Names in routes that no recipient has: the path below `alerts`, and what is wrong. */
export function unknownRecipients({ recipients, routes }: Named): readonly {
  readonly path: (string | number)[];
  readonly message: string;
}[] {
  const known = recipients.map((recipient) => recipient.name);
  const check = (names: readonly string[], path: (string | number)[]) =>
    names.flatMap((given, n) =>
      known.includes(given)
        ? []
        : [
            {
              path: [...path, n],
              message: `there is no recipient ${given}: known are ${known.join(', ') || 'none'}`,
            },
          ],
    );
  return routes.flatMap(({ to, escalate }, n) => [
    ...check(to, ['routes', n, 'to']),
    ...escalate.flatMap((step, at) => check(step.to, ['routes', n, 'escalate', at, 'to'])),
  ]);
}

/** The SMTP server that takes all mail. */
export type MailServer = {
  readonly host: string;
  readonly port: number;
  /** starttls: the connection becomes encrypted or is given up; tls: it is from the beginning. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly username?: string;
  readonly password?: string;
  /** Certificate authority of the server, PEM. Absent: those that Node.js trusts. */
  readonly ca?: string;
  /** Sender, `kvarter@example.se` or `Kvarter <kvarter@example.se>`. */
  readonly from: string;
  readonly timeoutMs: number;
};

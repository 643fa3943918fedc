import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import type { AlertStore } from './alerts/alert-store.ts';
import type { Config } from './config/config.ts';
import { deliverySecrets } from './config/delivery-checks.ts';
import type { Wordings } from './config/templates.ts';
import { type Desk, openDesk } from './delivery/desk.ts';
import { openRecipients } from './delivery/open-channels.ts';
import { standingIn } from './delivery/standing.ts';
import type { Register } from './domain/register.ts';
import type { Clock } from './domain/time.ts';
import type { RuleSet } from './rules/rule-file.ts';
import type { TroubleLog } from './workers/trouble-log.ts';

export type DeliveryOptions = {
  readonly settings: Config['alerts'];
  readonly wordings: Wordings;
  readonly db: DatabaseSync;
  readonly register: () => Register;
  readonly rules: () => RuleSet;
  readonly alerts: Pick<AlertStore, 'find' | 'lifeOf'>;
  readonly clock: Clock;
  readonly trouble: TroubleLog['trouble'];
  readonly log: Pick<Logger, 'error'>;
};

/** Whom alerts are told to, and how, as the settings have it. */
export function openDelivery(options: DeliveryOptions): Desk {
  const { settings, wordings, db, register, rules, alerts, clock, trouble, log } = options;
  const { group, retry, routes, link, webhook, timeoutSeconds } = settings;
  const { recipients, mailServer } = deliverySecrets(settings);
  return openDesk({
    db,
    recipients: openRecipients({
      recipients,
      mailServer,
      webhook,
      timeoutMs: timeoutSeconds * 1000,
      clock,
    }),
    routes,
    wordings,
    register,
    typeOf: (rule) => rules().entries.find(({ name }) => name === rule)?.type ?? rule,
    link,
    grouping: { waitMs: group.waitSeconds * 1000, everyMs: group.everyMinutes * 60_000 },
    retry: {
      firstMs: retry.firstSeconds * 1000,
      lastMs: retry.lastSeconds * 1000,
      giveUpMs: retry.giveUpHours * 3_600_000,
    },
    standing: standingIn(alerts),
    clock,
    random: Math.random,
    onTrouble: ({ recipient, error, retryInMs, isDead }) => {
      if (!isDead) return trouble(`recipient ${recipient}`)(error, retryInMs);
      log.error(
        { recipient, error: error.message },
        'a notification was not taken and is not tried again: see kvarter notifications dead',
      );
    },
  });
}

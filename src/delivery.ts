import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import { type AlertStore, openAlertStore } from './alerts/alert-store.ts';
import type { Publish } from './alerts/mqtt-notifier.ts';
import type { Notifier } from './alerts/notifier.ts';
import { openNotifiers } from './alerts/open-notifiers.ts';
import { startOutbox } from './alerts/outbox.ts';
import { openSilences, type SilenceBook } from './alerts/silences.ts';
import { alertLinkOf } from './config/alert-link.ts';
import type { Config } from './config/config.ts';
import { deliverySecrets } from './config/delivery-checks.ts';
import type { FollowedSettings } from './config/follow-settings.ts';
import { loadTemplates } from './config/templates.ts';
import { type Desk, type DeskOptions, type DeskPlan, openDesk } from './delivery/desk.ts';
import { openRecipients } from './delivery/open-channels.ts';
import { type SaidItem, sayItem } from './delivery/say-item.ts';
import type { Language } from './delivery/settings.ts';
import { standingIn } from './delivery/standing.ts';
import type { Alert, AlertChange } from './domain/alert.ts';
import { asError, KvarterError } from './domain/errors.ts';
import { DAY_MS } from './domain/interval.ts';
import type { Register } from './domain/register.ts';
import type { Clock } from './domain/time.ts';
import type { RuleSet } from './rules/rule-file.ts';
import { watchHeldAlerts } from './workers/held-alerts.ts';
import type { TroubleLog } from './workers/trouble-log.ts';

export type DeliveryOptions = {
  readonly config: Pick<Config, 'alerts' | 'http'>;
  readonly settings: Pick<FollowedSettings, 'onChange'>;
  readonly db: DatabaseSync;
  readonly publish: Publish;
  readonly register: () => Register;
  readonly rules: () => RuleSet;
  readonly clock: Clock;
  readonly trouble: TroubleLog['trouble'];
  readonly log: Pick<Logger, 'error' | 'info'>;
  readonly onAlert: ((change: AlertChange) => void) | undefined;
};

/** The alerts as they are kept, what people do about them, and all that is told of them, to machines and people. */
export type Delivery = Pick<Desk, 'settled' | 'waiting' | 'dead'> &
  AsyncDisposable & {
    readonly alerts: AlertStore;
    readonly silences: SilenceBook;
    readonly notifiers: readonly Notifier[];
    /** Looks for what nothing holds back any more. */
    readonly lookHeld: () => void;
    readonly prune: () => void;
    /** Address of an alert, `{id}` being its id; undefined: no links. */
    readonly link: string | undefined;
    /** An alert in the words of its messages. */
    readonly say: (alert: Alert, language: Language) => SaidItem;
    /** There is something new in the alert store. */
    readonly onAlerts: () => void;
  };

/** Each change to the log, MQTT, and the desk that tells recipients; an observer hears of it last. */
export async function openDelivery(options: DeliveryOptions): Promise<Delivery> {
  const { config, db, publish, register, rules, clock, trouble, log, onAlert } = options;
  const settings = config.alerts;
  const link = alertLinkOf(config);
  const silences = openSilences(db, register);
  const alerts = openAlertStore(db, {
    keepDays: settings.keepDays,
    holds: {
      silences,
      register,
      parents: () => rules().parents,
      graceMs: settings.parentGraceMinutes * 60_000,
    },
  });
  const say = (fields: object, message: string) => log.info(fields, message);
  const notifiers = await openNotifiers({ ...settings, link }, say, publish, alerts);
  await using stack = new AsyncDisposableStack();
  let plan = planOf(settings, link, clock);
  const typeOf = (rule: string) => rules().entries.find(({ name }) => name === rule)?.type ?? rule;
  const words = { ...plan, typeOf, link };
  const desk = stack.use(deskOf(options, words, { alerts, silences }));
  options.settings.onChange((next) => {
    plan = planOf(next, link, clock);
    desk.use(plan);
  });
  notifiers.push(desk.notifier);
  if (onAlert) notifiers.push({ name: 'observer', notify: async (change) => onAlert(change) });
  const outbox = stack.use(
    startOutbox({
      db,
      notifiers,
      onTrouble: ({ notifier, error, retryInMs }) =>
        trouble(`notifier ${notifier}`)(asError(error), retryInMs),
    }),
  );
  const held = stack.use(
    watchHeldAlerts({
      alerts,
      notifiers: notifiers.map(({ name }) => name),
      clock,
      onAlerts: outbox.kick,
      onTrouble: trouble('alerts'),
    }),
  );
  const running = stack.move();
  return {
    alerts,
    silences,
    notifiers,
    lookHeld: held.look,
    onAlerts: outbox.kick,
    dead: desk.dead,
    link,
    say: (alert, language) => {
      const change = { alert, atMs: alert.endsAtMs ?? clock() };
      const kind = alert.state === 'resolved' ? 'resolved' : 'new';
      const wording = plan.wordings.get(language);
      if (!wording) throw new KvarterError('config-invalid', `there are no templates in ${language}`);
      return sayItem({ kind, change }, { wording, register: register(), typeOf, link });
    },
    prune: () => {
      alerts.prune(clock());
      silences.prune(clock() - settings.keepDays * DAY_MS);
      desk.prune();
    },
    waiting: () => outbox.waiting() + desk.waiting(),
    settled: async () => {
      await outbox.settled();
      await desk.settled();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Whom alerts are told to, and how, as the settings have it. Throws `config-invalid` for templates that are wrong. */
function planOf(settings: Config['alerts'], link: string | undefined, clock: Clock): DeskPlan {
  const { group, routes, webhook, timeoutSeconds } = settings;
  return {
    recipients: openRecipients({
      ...deliverySecrets(settings),
      webhook,
      timeoutMs: timeoutSeconds * 1000,
      link,
      clock,
    }),
    routes,
    wordings: loadTemplates(settings.templates),
    grouping: {
      waitMs: group.waitSeconds * 1000,
      everyMs: group.everyMinutes * 60_000,
      betweenMs: group.betweenMinutes * 60_000,
      patientMs: group.patientMinutes * 60_000,
    },
    informationAt: group.informationAt ?? undefined,
    late: { fromMs: group.lateMinutes * 60_000, waitMs: group.lateWaitMinutes * 60_000 },
  };
}

function deskOf(
  options: DeliveryOptions,
  words: DeskPlan & Pick<DeskOptions, 'typeOf' | 'link'>,
  { alerts, silences }: { readonly alerts: AlertStore; readonly silences: SilenceBook },
): Desk {
  const { config, db, register, clock, trouble, log } = options;
  const { retry } = config.alerts;
  return openDesk({
    ...words,
    db,
    register,
    retry: {
      firstMs: retry.firstSeconds * 1000,
      lastMs: retry.lastSeconds * 1000,
      giveUpMs: retry.giveUpHours * 3_600_000,
    },
    isHeld: (alert, nowMs) =>
      silences.covering(alert, nowMs) !== undefined || alerts.lifeOf(alert.id).held !== undefined,
    standing: standingIn(alerts, silences),
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

import type { AlertStore } from './alert-store.ts';
import { logNotifier } from './log-notifier.ts';
import { mqttNotifier, type Publish } from './mqtt-notifier.ts';
import type { Notifier } from './notifier.ts';

/** Who is to be told, as the settings have it. */
export type NotifierChoice = {
  readonly log: boolean;
  readonly mqtt: boolean;
  /** Address of an alert, `{id}` being its id. */
  readonly link?: string | undefined;
};

const MOST_RETAINED = 100_000;

export async function openNotifiers(
  choice: NotifierChoice,
  log: (fields: object, message: string) => void,
  publish: Publish,
  alerts: Pick<AlertStore, 'list'>,
): Promise<Notifier[]> {
  const notifiers: Notifier[] = [];
  if (choice.log) notifiers.push(logNotifier(log, choice.link));
  if (choice.mqtt) {
    const mqtt = mqttNotifier(publish, choice.link);
    notifiers.push(mqtt);
    // The embedded broker forgets its retained messages when it ends: what is open is put back.
    for (const alert of alerts.list({ state: 'firing', limit: MOST_RETAINED })) {
      await mqtt.notify({ alert, atMs: alert.firedAtMs ?? alert.startsAtMs });
    }
  }
  return notifiers;
}

import { KvarterError } from '../domain/errors.ts';
import { changeJson } from './alert-json.ts';
import type { Notifier } from './notifier.ts';

export type Publish = (
  topic: string,
  payload: string,
  options: { readonly retain: boolean; readonly qos: 0 | 1 },
) => Promise<void>;

/**
 * On `kvarter/alerts/{building}/{alert id}`, `service` being the building when kvarter itself is in trouble. A firing alert is retained, so who subscribes sees what fires at the
 * moment; a resolved one is told to who listens, and its retained message cleared.
 */
export function mqttNotifier(publish: Publish, link?: string): Notifier {
  return {
    name: 'mqtt',
    notify: async (change) => {
      const { id, building, state } = change.alert;
      const topic = `kvarter/alerts/${building ?? 'service'}/${id}`;
      try {
        await publish(topic, JSON.stringify(changeJson(change, link)), {
          retain: state === 'firing',
          qos: 1,
        });
        // [MQTT-3.3.1-10]: a retained message of zero bytes removes the one before it.
        if (state === 'resolved') await publish(topic, '', { retain: true, qos: 1 });
      } catch (cause) {
        throw new KvarterError('notify-failed', `cannot publish on ${topic}: ${String(cause)}`, { cause });
      }
    },
  };
}

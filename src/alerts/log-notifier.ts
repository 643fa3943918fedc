import { tellingOf } from '../domain/alert.ts';
import { changeJson } from './alert-json.ts';
import type { Notifier } from './notifier.ts';

/** Each change as a line in the log. */
export function logNotifier(log: (fields: object, message: string) => void, link?: string): Notifier {
  return {
    name: 'log',
    notify: async (change) => {
      const { alert } = change;
      log({ alert: changeJson(change, link) }, `alert ${tellingOf(alert)}: ${alert.title}`);
    },
  };
}

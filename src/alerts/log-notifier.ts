import { changeJson } from './alert-json.ts';
import type { Notifier } from './notifier.ts';

/** Each change as a line in the log. */
export function logNotifier(log: (fields: object, message: string) => void, link?: string): Notifier {
  return {
    name: 'log',
    notify: async (change) => {
      const { state, title } = change.alert;
      log({ alert: changeJson(change, link) }, `alert ${state}: ${title}`);
    },
  };
}

import { changeJson } from './alert-json.ts';
import type { Notifier } from './notifier.ts';

/** Each change as a line in the log. */
export function logNotifier(log: (fields: object, message: string) => void, link?: string): Notifier {
  return {
    name: 'log',
    notify: async (change) => {
      const { alert } = change;
      const again = alert.state === 'firing' && alert.renewed ? ' (renewed)' : '';
      log({ alert: changeJson(change, link) }, `alert ${alert.state}${again}: ${alert.title}`);
    },
  };
}

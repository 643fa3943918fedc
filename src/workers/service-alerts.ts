import { type ServiceTrouble, type ServiceWatchOptions, watchService } from '../alerts/service-watch.ts';
import { serviceTroubles, type TroubleSources } from './service-troubles.ts';

export type ServiceAlertsOptions = Omit<ServiceWatchOptions, 'troubles' | 'clearMs'> &
  TroubleSources & {
    readonly settings: { readonly clearSeconds: number };
    /** Loads that do not answer, limits that are not kept, tariffs that end. */
    readonly others: readonly (() => readonly ServiceTrouble[])[];
  };

/** Tells the operator what the parts of the service say of themselves. */
export function startServiceAlerts(options: ServiceAlertsOptions): Disposable {
  const own = serviceTroubles(options);
  return watchService({
    ...options,
    troubles: () => [own, ...options.others].flatMap((some) => some()),
    clearMs: options.settings.clearSeconds * 1000,
  });
}

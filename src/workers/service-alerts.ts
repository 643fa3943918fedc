import { type ServiceWatchOptions, watchService } from '../alerts/service-watch.ts';
import { serviceTroubles, type TroubleSources } from './service-troubles.ts';

export type ServiceAlertsOptions = Omit<ServiceWatchOptions, 'troubles' | 'clearMs'> &
  TroubleSources & { readonly settings: { readonly clearSeconds: number } };

/** Tells the operator what the parts of the service say of themselves. */
export function startServiceAlerts(options: ServiceAlertsOptions): Disposable {
  return watchService({
    ...options,
    troubles: serviceTroubles(options),
    clearMs: options.settings.clearSeconds * 1000,
  });
}

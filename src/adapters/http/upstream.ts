import type { Upstream } from '../../core/ports.ts';
import type { QuotaRules } from '../../core/quota.ts';
import { createBudgets, type Budgets } from '../../lib/token-bucket.ts';
import { createAllowance } from './allowance.ts';
import { openUpstreamTries, type ApiRetries } from './upstream-tries.ts';
import { createTransport, settingForMore, type TransportOptions } from './transport.ts';

export type HttpOptions = Omit<TransportOptions, 'turn'> &
  Omit<ApiRetries, 'allowance' | 'budget' | 'forMore'> & {
    /** How the API reports how many more requests it allows; null if it does not report that. */
    readonly quota: QuotaRules | null;
    /** The address as stored in the ledger: `live`, `sandbox` or the base URL. */
    readonly address: string;
    readonly requestsPerSecond: number;
    readonly burst: number;
    /** Request budgets that outlive this upstream. By default, the upstream has its own budget. */
    readonly budgets?: Budgets;
  };

/** An HTTP API. Every attempt and every redirect counts against the same request budget. */
export function openHttpUpstream(options: HttpOptions): Upstream & { readonly close: () => Promise<void> } {
  const { burst, clock, requestsPerSecond, budgets = createBudgets() } = options;
  const budget = budgets(new URL(options.baseUrl).host, { perSecond: requestsPerSecond, burst, clock });
  const transport = createTransport({ ...options, turn: budget.take });
  const allowance = createAllowance({
    rules: options.quota,
    async get(path, signal) {
      await budget.take(signal);
      return transport.get(path, null, signal);
    },
  });
  const forMore = settingForMore(options.auth);
  return {
    address: options.address,
    open({ path, kept, onRetry, onTried }, signal) {
      const ask = (conditional: boolean) =>
        transport.get(path, conditional && kept !== null ? kept.etag : null, signal);
      return openUpstreamTries({ ...options, allowance, budget, forMore, onRetry, onTried, ask, signal });
    },
    quota: allowance.ask,
    forMore,
    reach: transport.reach,
    hide: transport.hide,
    close: async () => transport.close(),
  };
}

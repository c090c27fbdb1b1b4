import { LIVE, type ProviderName } from '#ledger';
import { problem, ProblemError } from '../problems/problem.ts';
import { invalidRequest } from '../validation/body-pipe.ts';

/** What a payment is made by. */
interface Payment {
  readonly provider: ProviderName;
  readonly payment_method?: string | null;
}

/**
 * Refuses a provider that may not be used in the environment, and one that can't collect anything without a payment method.
 *
 * @throws {ProblemError} `provider_not_allowed`, `invalid_request`
 */
export function refuseProvider(environment: string, { provider, payment_method: method }: Payment): void {
  if (provider === 'test' && environment === LIVE) {
    const detail = 'The provider test moves no money. It can be used in every environment but live.';
    throw new ProblemError(problem('provider_not_allowed', detail, { provider }));
  }
  if (provider !== 'manual' && !method) {
    throw invalidRequest([{ field: 'payment_method', message: `must be given with the provider ${provider}` }]);
  }
}

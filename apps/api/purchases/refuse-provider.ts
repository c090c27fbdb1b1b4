import type { ProviderName } from '#ledger';
import type { PaymentProviders, ProviderRefusal } from '#payments';
import { problem, ProblemError } from '../problems/problem.ts';
import type { Fault } from '../validation/faults-of.ts';

/** What a payment is made by. */
interface Payment {
  readonly provider: ProviderName;
  readonly payment_method?: string | null;
}

/** What is charged; `null`: nothing that the provider knows. The provider for tests takes a method that pays by default. */
export function paymentMethodOf({ provider, payment_method: method }: Payment): string | null {
  return method ?? (provider === 'test' ? 'pm_ok' : null);
}

/** Only Stripe can't collect anything without a payment method. */
export function paymentFaults({ provider, payment_method: method }: Payment): Fault[] {
  if (provider !== 'stripe' || method) return [];
  return [{ field: 'payment_method', message: `must be given with the provider ${provider}` }];
}

/**
 * Refuses a provider that can't be used in the environment.
 *
 * @throws {ProblemError} `provider_not_allowed`, `provider_not_configured`
 */
export function refuseProvider(
  providers: Pick<PaymentProviders, 'find'>,
  environment: string,
  provider: ProviderName,
): void {
  const found = providers.find(provider, environment);
  if (typeof found === 'string') throw providerRefused(provider, environment, found);
}

export function providerRefused(provider: ProviderName, environment: string, refusal: ProviderRefusal): ProblemError {
  const details = {
    provider_not_allowed: `The provider ${provider} moves no money. It can be used in every environment but live.`,
    provider_not_configured: `The operator hasn’t set the keys of the provider ${provider} for the environment ${environment}.`,
  } as const satisfies Record<ProviderRefusal, string>;
  return new ProblemError(problem(refusal, details[refusal], { provider }));
}

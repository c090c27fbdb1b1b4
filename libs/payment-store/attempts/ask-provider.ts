import { ProviderUnavailable, type PaymentProvider } from '#payments';
import type { PaymentWork } from '../payment-work.ts';
import type { PayablePurchase } from './payable-purchase.ts';

export type ProviderAnswer<Result> =
  | { readonly status: 'answered'; readonly result: Result }
  /** It may or may not have done it. */
  | { readonly status: 'unknown'; readonly failure: string };

/** Asks the provider of a purchase. Where it doesn't answer, the outcome is unknown: it is asked again, and nothing is done twice. */
export async function askProvider<Result>(
  { providers }: Pick<PaymentWork, 'providers'>,
  { provider: name, environment }: PayablePurchase,
  ask: (provider: PaymentProvider) => Promise<Result>,
): Promise<ProviderAnswer<Result>> {
  const provider = providers.find(name, environment);
  if (typeof provider === 'string') {
    const failure = `the provider ${name} can’t be asked for the environment ${environment} by this worker: ${provider}`;
    return { status: 'unknown', failure };
  }
  try {
    return { status: 'answered', result: await ask(provider) };
  } catch (error) {
    if (!(error instanceof ProviderUnavailable)) throw error;
    return { status: 'unknown', failure: error.message };
  }
}

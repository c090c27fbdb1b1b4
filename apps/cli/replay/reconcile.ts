import { type Amount, formatAmount, ZERO } from '#amounts';
import { amountField } from './answer-fields.ts';
import { forEachConcurrently } from './for-each-concurrently.ts';
import { describeProblem, type LedgerClient } from './ledger-client.ts';
import type { PlannedCustomer } from './plan-replay.ts';
import type { Tally } from './tally.ts';
import { ReplayError } from './replay-error.ts';

/** What became of the credits: granted by the plan, spent by the commits' own answers, held and left by the balances. */
export interface Reconciliation {
  readonly granted: Amount;
  readonly spent: Amount;
  readonly held: Amount;
  readonly left: Amount;
  /** Customers for whom granted = spent + held + left doesn't hold to the last digit, in words. */
  readonly unequal: readonly string[];
  /** Customers who spent more than they were granted, or whose balance is below zero, in words. */
  readonly overspent: readonly string[];
}

/** A customer's numbers, from three sources that know nothing of each other. */
export interface CustomerCredits {
  readonly account: string;
  readonly granted: Amount;
  readonly spent: Amount;
  readonly held: Amount;
  readonly available: Amount;
}

/**
 * Asks the service for every customer's balance, and holds it against what was granted and what commits answered.
 * @throws ReplayError if a balance can't be had
 */
export async function reconcile(
  customers: readonly PlannedCustomer[],
  client: LedgerClient,
  tally: Tally,
  concurrency: number,
): Promise<Reconciliation> {
  const credits: CustomerCredits[] = [];
  await forEachConcurrently(customers, concurrency, async ({ account, granted }) => {
    const balance = await client.get(`/v1/accounts/${account}/balance`);
    if (balance.status !== 200)
      throw new ReplayError(`The balance of ${account} can't be had: ${describeProblem(balance)}`);
    const held = amountField(balance, 'held');
    const available = amountField(balance, 'available');
    credits.push({ account, granted, spent: tally.spentBy(account), held, available });
  });
  return compareCredits(credits);
}

export function compareCredits(credits: readonly CustomerCredits[]): Reconciliation {
  const total = (amountOf: (customer: CustomerCredits) => Amount): Amount =>
    credits.reduce((sum, customer) => sum.plus(amountOf(customer)), ZERO);
  return {
    granted: total(({ granted }) => granted),
    spent: total(({ spent }) => spent),
    held: total(({ held }) => held),
    left: total(({ available }) => available),
    unequal: credits.filter((customer) => !isEqual(customer)).map(inWords),
    overspent: credits
      .filter(({ available, granted, spent }) => available.lessThan(ZERO) || spent.greaterThan(granted))
      .map(inWords),
  };
}

function isEqual({ granted, spent, held, available }: CustomerCredits): boolean {
  return granted.equals(spent.plus(held).plus(available));
}

function inWords({ account, granted, spent, held, available }: CustomerCredits): string {
  const parts = `granted ${formatAmount(granted)}, spent ${formatAmount(spent)}, held ${formatAmount(held)}`;
  return `${account}: ${parts}, left ${formatAmount(available)}`;
}

import { type Amount, formatAmount, ZERO } from '#amounts';
import { amountField } from './answer-fields.ts';
import { forEachConcurrently } from './for-each-concurrently.ts';
import { describeProblem, type LedgerClient } from './ledger-client.ts';
import type { PlannedCustomer } from './plan-replay.ts';
import type { Tally } from './tally.ts';
import { ReplayError } from './replay-error.ts';

/**
 * What became of the credits: granted by the plan, spent by the commits' own answers, due by the tokens of the trace, held and
 * left by the balances.
 */
export interface Reconciliation {
  readonly granted: Amount;
  readonly spent: Amount;
  readonly due: Amount;
  readonly held: Amount;
  readonly left: Amount;
  /** Customers for whom granted = spent + held + left, or spent = due, doesn't hold to the last digit, in words. */
  readonly unequal: readonly string[];
  /** Customers who spent more than they were granted, or whose balance is below zero, in words. */
  readonly overspent: readonly string[];
}

/** A customer's numbers, from four sources that know nothing of each other. */
export interface CustomerCredits {
  readonly account: string;
  readonly granted: Amount;
  readonly spent: Amount;
  readonly due: Amount;
  readonly held: Amount;
  readonly available: Amount;
}

/**
 * Asks the service for every customer's balance, and compares it with what was granted, what commits answered and what the
 * trace comes to.
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
    const [spent, due] = [tally.spentBy(account), tally.dueFrom(account)];
    credits.push({ account, granted, spent, due, held, available });
  });
  return compareCredits(credits);
}

export function compareCredits(credits: readonly CustomerCredits[]): Reconciliation {
  const total = (amountOf: (customer: CustomerCredits) => Amount): Amount =>
    credits.reduce((sum, customer) => sum.plus(amountOf(customer)), ZERO);
  return {
    granted: total(({ granted }) => granted),
    spent: total(({ spent }) => spent),
    due: total(({ due }) => due),
    held: total(({ held }) => held),
    left: total(({ available }) => available),
    unequal: credits.filter((customer) => !isEqual(customer)).map(inWords),
    overspent: credits
      .filter(({ available, granted, spent }) => available.lessThan(ZERO) || spent.greaterThan(granted))
      .map(inWords),
  };
}

function isEqual({ granted, spent, due, held, available }: CustomerCredits): boolean {
  return granted.equals(spent.plus(held).plus(available)) && spent.equals(due);
}

function inWords({ account, granted, spent, due, held, available }: CustomerCredits): string {
  const parts = { granted, spent, held, left: available, due };
  return `${account}: ${Object.entries(parts)
    .map(([part, amount]) => `${part} ${formatAmount(amount)}`)
    .join(', ')}`;
}

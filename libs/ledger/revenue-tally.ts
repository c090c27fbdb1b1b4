import { Amount, ZERO } from '#amounts';
import type { Account } from './account.ts';
import type { Changes } from './changes.ts';

/** What decisions mean for an operator's revenue beyond what credits paid, in one environment and unit. */
export interface RevenueTally {
  readonly environment: string;
  readonly unit: string;
  /** What commits asked for, or was missing to commitments, and couldn't be charged. */
  readonly uncollected: Amount;
  readonly debtIncurred: Amount;
  /** Debt that new grants have repaid, and usage refunded to debt. */
  readonly debtRepaid: Amount;
  /** Commits that came after their hold had expired. */
  readonly lateCommits: number;
}

type Part = Partial<Omit<RevenueTally, 'environment' | 'unit'>>;

const NONE: readonly RevenueTally[] = [];

/** Adds up what a batch has changed; for most batches that is nothing. */
export function revenueTallies(changes: Changes): readonly RevenueTally[] {
  const inDebt = changes.transfers.filter(({ debit, credit }) => debit === 'debt' || credit === 'debt');
  const uncollected = changes.events.filter(
    ({ type }) => type === 'usage.uncollected' || type === 'commitment.settled',
  );
  if (inDebt.length === 0 && uncollected.length === 0 && changes.lateCommits.length === 0) return NONE;
  const tallies = new Tallies();
  const accounts = accountsOf(changes);
  for (const { accountKey, debit, amount } of inDebt) {
    const account = accounts.get(accountKey);
    if (account) tallies.add(account, debit === 'debt' ? { debtIncurred: amount } : { debtRepaid: amount });
  }
  for (const { accountKey, data } of uncollected) {
    const account = accounts.get(accountKey);
    if (account && 'uncollected' in data) tallies.add(account, { uncollected: new Amount(data.uncollected) });
  }
  for (const { account } of changes.lateCommits) tallies.add(account, { lateCommits: 1 });
  return [...tallies.all.values()];
}

class Tallies {
  readonly all = new Map<string, RevenueTally>();

  add({ environment, unit }: Account, part: Part): void {
    const key = `${environment} ${unit}`;
    const { uncollected = ZERO, debtIncurred = ZERO, debtRepaid = ZERO, lateCommits = 0 } = this.all.get(key) ?? {};
    this.all.set(key, {
      environment,
      unit,
      uncollected: uncollected.plus(part.uncollected ?? ZERO),
      debtIncurred: debtIncurred.plus(part.debtIncurred ?? ZERO),
      debtRepaid: debtRepaid.plus(part.debtRepaid ?? ZERO),
      lateCommits: lateCommits + (part.lateCommits ?? 0),
    });
  }
}

function accountsOf({ accounts }: Changes): ReadonlyMap<string, Account> {
  return new Map([...accounts.created, ...accounts.updated].map(({ account }) => [account.key, account]));
}

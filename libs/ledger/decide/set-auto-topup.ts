import type { Account } from '../account.ts';
import { looksAtOnce, withTerms, type AutoTopup } from '../auto-topup.ts';
import type { SetAutoTopup } from '../commands.ts';
import { accepted, type Outcome } from '../refusals.ts';
import type { TopupUnderWay } from '../refills.ts';
import { lookAtBalance } from './auto-topup.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { setRefills } from './set-refills.ts';

export interface AutoTopupDecision {
  readonly account: Readonly<Account>;
  /** `null` where the account has none. */
  readonly autoTopup: AutoTopup | null;
  readonly underWay: TopupUnderWay | null;
}

/** Sets an account's rule to buy credits, or takes it away. What it has begun to buy goes on. */
export function setAutoTopup(
  context: DecisionContext,
  { account: ref, terms }: SetAutoTopup,
): Outcome<AutoTopupDecision> {
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  const account = found.value;
  const { autoTopup: before } = account.refills;
  if (terms !== null || before !== null) {
    const autoTopup = terms && withTerms(before, terms, timeOf(context, account));
    setRefills(context, account, { ...account.refills, autoTopup });
  }
  if (terms !== null && looksAtOnce(before, terms)) lookAtBalance(context, account);
  const { autoTopup, underWay } = account.refills;
  return accepted({ account: { ...account.account }, autoTopup, underWay });
}

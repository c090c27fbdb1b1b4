import type { AccountRef } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import { NO_RESTRAINTS } from '../restraints.ts';
import type { AccountState } from '../state.ts';
import { changed, decidedAccount, type AccountDecision } from './accounts.ts';
import { findAccount, timeOf, type DecisionContext } from './context.ts';
import { setRefills } from './set-refills.ts';

interface OfAccount {
  readonly account: AccountRef;
}

/**
 * Erases the personal data of a closed account: its name, its metadata, its budgets, its auto top-up, its recurring grants and what
 * restrains its users at once. What its grants, its authorizations and its history carry is erased step by step by the store, until
 * {@link finishErasure}. Asking again changes nothing.
 */
export function eraseAccount(context: DecisionContext, { account: ref }: OfAccount): Outcome<AccountDecision> {
  return ofClosedAccount(context, ref, (account) => {
    const { closure, terms } = account.account;
    if (closure.erasureRequestedAt !== null) return decidedAccount(context, account, false);
    account.account.terms = { ...terms, name: null, metadata: {} };
    account.account.closure = { ...closure, erasureRequestedAt: timeOf(context, account) };
    account.account.budgets = [];
    context.changes.accounts.updateBudgets(account);
    account.account.restraints = NO_RESTRAINTS;
    context.changes.accounts.updateRules(account);
    const { refills } = account;
    if (refills.autoTopup !== null || refills.recurring.length > 0) {
      setRefills(context, account, { ...refills, autoTopup: null, recurring: [] });
    }
    return changed(context, account);
  });
}

/** Records that everything is erased. */
export function finishErasure(context: DecisionContext, { account: ref }: OfAccount): Outcome<AccountDecision> {
  return ofClosedAccount(context, ref, (account) => {
    const { closure } = account.account;
    if (closure.erasureRequestedAt === null || closure.erasedAt !== null)
      return decidedAccount(context, account, false);
    account.account.closure = { ...closure, erasedAt: timeOf(context, account) };
    return changed(context, account);
  });
}

function ofClosedAccount(
  context: DecisionContext,
  ref: AccountRef,
  decide: (account: AccountState) => Outcome<AccountDecision>,
): Outcome<AccountDecision> {
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  if (account.account.status !== 'closed') return refused({ code: 'account_not_closed', account: ref.id });
  return decide(account);
}

import type { Budget } from '../budgets.ts';
import type { AccountRef, BudgetRef } from '../commands.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { findOpenAccount, type DecisionContext } from './context.ts';

/** A budget of its own that a request names, of an account that is open. */
export function findBudget(
  context: DecisionContext,
  { account: ref, budget: named }: { readonly account: AccountRef; readonly budget: BudgetRef },
): Outcome<{ readonly account: AccountState; readonly budget: Budget }> {
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  const account = found.value;
  const isMeant = ({ id, name }: Budget): boolean => ('id' in named ? id === named.id : name === named.name);
  const budget = account.account.budgets.find(isMeant);
  return budget ? accepted({ account, budget }) : refused({ code: 'budget_not_found' });
}

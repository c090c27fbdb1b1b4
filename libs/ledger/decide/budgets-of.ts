import { BudgetScope } from '../budget-scope.ts';
import type { Budget } from '../budgets.ts';
import type { AccountState } from '../state.ts';
import type { LedgerRules } from './context.ts';

const NONE: readonly BudgetScope[] = [];
const scopes = new WeakMap<readonly Budget[], readonly BudgetScope[]>();
/** By an account's own budgets: with those that every account had then. */
const merged = new WeakMap<readonly Budget[], { common: readonly Budget[]; all: readonly BudgetScope[] }>();

/**
 * The budgets that an account has: its own, in the order in which they were made, then those of every account, but for any that it
 * has itself by the same name.
 */
export function budgetsOf(
  { rules: { budgets } }: { readonly rules: Pick<LedgerRules, 'budgets'> },
  { account }: Pick<AccountState, 'account'>,
): readonly BudgetScope[] {
  const own = account.budgets;
  const common = budgets.get(account.environment);
  if (common === undefined || common.length === 0) return own.length === 0 ? NONE : scopesOf(own);
  if (own.length === 0) return scopesOf(common);
  const known = merged.get(own);
  if (known?.common === common) return known.all;
  const names = new Set(own.map(({ name }) => name));
  const all = [...scopesOf(own), ...scopesOf(common).filter(({ budget }) => !names.has(budget.name))];
  merged.set(own, { common, all });
  return all;
}

function scopesOf(budgets: readonly Budget[]): readonly BudgetScope[] {
  const known = scopes.get(budgets);
  if (known) return known;
  const read = budgets.map((budget) => new BudgetScope(budget));
  scopes.set(budgets, read);
  return read;
}

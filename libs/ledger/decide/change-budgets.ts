import { Amount, canonicalJson } from '#amounts';
import type { Account } from '../account.ts';
import { BUDGET_FIELDS, MAX_BUDGETS, type Budget, type BudgetField } from '../budgets.ts';
import { BudgetScope } from '../budget-scope.ts';
import type { AccountRef, BudgetRef, PutBudget, RaiseBudget, UpdateBudget } from '../commands.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { windowsNow, type BudgetWindow } from './budget-windows.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { findBudget } from './find-budget.ts';
import { cancelRaises } from './request-raise.ts';

/** A budget as one decision left it. */
export interface BudgetDecision {
  readonly account: Readonly<Account>;
  readonly budget: Budget;
  /** False where it was there before. */
  readonly created: boolean;
  /** Its window of now, but for those of single values. */
  readonly windows: readonly BudgetWindow[];
  /** By the account's clock, in milliseconds since 1970. */
  readonly asOf: number;
}

/**
 * Gives an account a budget, or changes the one that it has by this name, which keeps its id, its raise, and when it was made. It
 * counts what is authorized from now on.
 */
export function putBudget(context: DecisionContext, command: PutBudget): Outcome<BudgetDecision> {
  const { account: ref, budget, mustBeNew } = command;
  const found = findOpenAccount(context, ref);
  if (!found.ok) return found;
  const account = found.value;
  const { budgets } = account.account;
  const earlier = budgets.find(({ name }) => name === budget.name);
  if (!earlier) {
    if (budgets.length >= MAX_BUDGETS) {
      return refused({ code: 'too_many_budgets', account: ref.id, limit: MAX_BUDGETS });
    }
    const made = { ...budget, createdAt: timeOf(context, account) };
    return changed(context, account, [...budgets, made], { budget: made, created: true });
  }
  const differing = differingFields(earlier, budget);
  if (mustBeNew && differing.length > 0) return refused({ code: 'budget_exists', name: budget.name, differing });
  if (differing.length === 0) return decided(context, account, { budget: earlier, created: false });
  const { id, raise, createdAt } = earlier;
  return replaced(context, account, earlier, { ...budget, id, raise, createdAt });
}

/** Changes some of what an operator sets of a budget. */
export function updateBudget(context: DecisionContext, command: UpdateBudget): Outcome<BudgetDecision> {
  const found = findBudget(context, command);
  if (!found.ok) return found;
  const { account, budget } = found.value;
  const asked = { ...budget, ...command.changes };
  // All of time begins nowhere.
  const updated = asked.period === 'total' ? { ...asked, anchor: null } : asked;
  if (differingFields(budget, updated).length === 0) return decided(context, account, { budget, created: false });
  return replaced(context, account, budget, updated);
}

/** Takes a budget away. What was counted stays: made again by the same name, it goes on. */
export function deleteBudget(
  context: DecisionContext,
  command: { readonly account: AccountRef; readonly budget: BudgetRef },
): Outcome<BudgetDecision> {
  const found = findBudget(context, command);
  if (!found.ok) return found;
  const { account, budget } = found.value;
  cancelRaises(context, account, [budget]);
  const others = account.account.budgets.filter((one) => one !== budget);
  return changed(context, account, others, { budget, created: false });
}

/** Sets another amount for a time, or takes it back. */
export function raiseBudget(context: DecisionContext, command: RaiseBudget): Outcome<BudgetDecision> {
  const found = findBudget(context, command);
  if (!found.ok) return found;
  const { account, budget } = found.value;
  return replaced(context, account, budget, { ...budget, raise: command.raise });
}

function replaced(
  context: DecisionContext,
  account: AccountState,
  earlier: Budget,
  budget: Budget,
): Outcome<BudgetDecision> {
  const budgets = account.account.budgets.map((one) => (one === earlier ? budget : one));
  return changed(context, account, budgets, { budget, created: false });
}

function changed(
  context: DecisionContext,
  account: AccountState,
  budgets: readonly Budget[],
  decision: Pick<BudgetDecision, 'budget' | 'created'>,
): Outcome<BudgetDecision> {
  account.account.budgets = budgets;
  context.changes.accounts.updateBudgets(account);
  return decided(context, account, decision);
}

function decided(
  context: DecisionContext,
  state: AccountState,
  decision: Pick<BudgetDecision, 'budget' | 'created'>,
): Outcome<BudgetDecision> {
  const { account, counters } = state;
  const asOf = timeOf(context, state);
  const windows = windowsNow({ counters, timeZone: account.terms.timeZone }, new BudgetScope(decision.budget), asOf);
  return accepted({ account: { ...account }, ...decision, windows, asOf });
}

/** What differs between two budgets of one name. */
function differingFields(a: Budget, b: Budget): BudgetField[] {
  return BUDGET_FIELDS.filter((field) => !isSame(a[field], b[field]));
}

function isSame(a: Budget[BudgetField], b: Budget[BudgetField]): boolean {
  if (a instanceof Amount || b instanceof Amount) return a instanceof Amount && b instanceof Amount && a.eq(b);
  return canonicalJson(a) === canonicalJson(b);
}

import { Amount } from '#amounts';
import type { Budget } from '../budgets.ts';
import type { PlanBudgetJson } from '../plan-json.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import type { PlanStep } from './plan-terms.ts';
import { cancelRaises } from './request-raise.ts';

/**
 * Gives an account the budgets of a plan, and takes away those of the plan before. One that both bring goes on, with what was counted and
 * with its raise. A budget of the account's own takes the place of the plan's by that name.
 *
 * @returns the UUIDs of those that the plan has brought
 */
export function setPlanBudgets(context: DecisionContext, state: AccountState, step: PlanStep): readonly string[] {
  const { from, to, at } = step;
  const { account } = state;
  const brought = account.budgets.filter(({ id }) => from?.budgets.includes(id));
  const wanted = to?.terms.budgets ?? [];
  if (brought.length === 0 && wanted.length === 0) return [];
  const ended = brought.filter(({ name }) => !wanted.some((one) => one.name === name));
  cancelRaises(context, state, ended);
  const own = account.budgets.filter((one) => !brought.includes(one));
  const set = wanted
    .filter(({ name }) => !own.some((one) => one.name === name))
    .map((one): Budget => {
      const earlier = brought.find(({ name }) => name === one.name);
      const { id, raise, createdAt } = earlier ?? { id: state.ids.next(context.realNow), raise: null, createdAt: at };
      return { ...budgetOf(one), id, raise, createdAt };
    });
  account.budgets = [...own, ...set];
  context.changes.accounts.updateBudgets(state);
  return set.map(({ id }) => id);
}

function budgetOf(json: PlanBudgetJson): Omit<Budget, 'id' | 'raise' | 'createdAt'> {
  const { name, period, mode, scope, per, thresholds } = json;
  return {
    name,
    period,
    mode,
    scope,
    per,
    thresholds,
    amount: new Amount(json.amount),
    expected: json.expected === null ? null : new Amount(json.expected),
    timeZone: json.time_zone,
    anchor: null,
    until: null,
    owner: 'operator',
  };
}

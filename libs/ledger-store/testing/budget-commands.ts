import { Amount } from '#amounts';
import { accountKey, newUuid, type AccountRef, type Budget, type Command } from '#ledger';

// Commands of the environment `test` on accounts with budgets.

type BudgetTerms = Partial<Omit<Budget, 'amount'>> & { readonly amount: string };

/** A budget of an account, by default one that declines what goes beyond it in a day. */
export function putBudget(id: string, name: string, { amount, ...terms }: BudgetTerms): Command<'put_budget'> {
  return {
    type: 'put_budget',
    account: accountRef(id),
    budget: {
      name,
      id: newUuid(Date.now()),
      amount: new Amount(amount),
      expected: null,
      period: 'day',
      anchor: null,
      timeZone: null,
      mode: 'hard',
      scope: {},
      per: null,
      thresholds: [],
      until: null,
      raise: null,
      owner: 'operator',
      createdAt: Date.now(),
      ...terms,
    },
    mustBeNew: false,
  };
}

/** Asks for a raise of a budget for a day. */
export function requestRaise(id: string, name: string, amount: string): Command<'request_raise'> {
  const raise = { amount: new Amount(amount), until: Date.now() + 86_400_000, reason: 'a launch' };
  return { type: 'request_raise', account: accountRef(id), budget: { name }, raise };
}

/** A hold for a user of the account. */
export function authorizeFor(id: string, user: string, amount: string, holdSeconds = 900): Command<'authorize'> {
  return { type: 'authorize', ...spending(id, user, amount), holdSeconds, overage: null };
}

export function chargeFor(id: string, user: string, amount: string): Command<'charge'> {
  return { type: 'charge', ...spending(id, user, amount) };
}

/** A charge for each of these users, all or none. */
export function chargeForAll(id: string, users: readonly string[], amount: string): Command<'charge_batch'> {
  return { type: 'charge_batch', mode: 'all_or_nothing', items: users.map((user) => spending(id, user, amount)) };
}

function spending(id: string, user: string, amount: string) {
  return { account: accountRef(id), amount: new Amount(amount), usage: [], tags: { user }, metadata: {} };
}

function accountRef(id: string): AccountRef {
  return { environment: 'test', id, key: accountKey('test', id) };
}

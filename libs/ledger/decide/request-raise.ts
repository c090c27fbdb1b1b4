import { formatAmount } from '#amounts';
import type { Account } from '../account.ts';
import type { Budget, BudgetRaise } from '../budgets.ts';
import type { DecideRaise, RequestRaise } from '../commands.ts';
import type { RaiseRequestData } from '../events.ts';
import { publicId } from '../ids.ts';
import {
  MAX_PENDING_RAISES,
  type PendingRaise,
  type RaiseRequest,
  type RaiseRequestStatus,
} from '../raise-requests.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { findOpenAccount, timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';
import { findBudget } from './find-budget.ts';

/** A request for a raise as one decision left it. */
export interface RaiseDecision {
  readonly account: Readonly<Account>;
  readonly request: RaiseRequest;
}

/** Asks for a raise of a budget, for somebody to decide on. It changes nothing yet. */
export function requestRaise(context: DecisionContext, command: RequestRaise): Outcome<RaiseDecision> {
  const found = findBudget(context, command);
  if (!found.ok) return found;
  const { account, budget } = found.value;
  const pending = account.account.raiseRequests;
  if (pending.length >= MAX_PENDING_RAISES) {
    return refused({ code: 'too_many_raise_requests', account: command.account.id, limit: MAX_PENDING_RAISES });
  }
  const request: PendingRaise = {
    id: account.ids.next(context.realNow),
    budgetId: budget.id,
    name: budget.name,
    ...command.raise,
    requestedBy: context.keyId ?? null,
    createdAt: timeOf(context, account),
  };
  account.account.raiseRequests = [...pending, request];
  context.changes.accounts.updateBudgets(account);
  const made = { ...ofAccount(account, request), status: 'pending' } as const;
  context.changes.raiseRequests.create(made);
  emit(context, account, 'budget.raise_requested', requestData(request));
  return accepted({ account: { ...account.account }, request: made });
}

/** Approves a request, which raises its budget, or denies it. */
export function decideRaise(context: DecisionContext, command: DecideRaise): Outcome<RaiseDecision> {
  const found = findOpenAccount(context, command.account);
  if (!found.ok) return found;
  const account = found.value;
  const request = account.account.raiseRequests.find(({ id }) => id === command.request);
  if (!request) return refused({ code: 'raise_request_decided' });
  if (command.approve) {
    const { amount, until, reason } = request;
    raise(account, request.budgetId, { amount, until, reason });
  }
  const denial = command.approve ? null : command.reason;
  const decided = end(context, account, request, { status: command.approve ? 'approved' : 'denied', denial });
  if (command.approve) emit(context, account, 'budget.raise_approved', requestData(request));
  else emit(context, account, 'budget.raise_denied', { ...requestData(request), denial });
  return accepted({ account: { ...account.account }, request: decided });
}

/** Ends the requests about budgets that are deleted, or whose account is closed. */
export function cancelRaises(context: DecisionContext, account: AccountState, budgets: readonly Budget[]): void {
  const ids = new Set(budgets.map(({ id }) => id));
  for (const request of account.account.raiseRequests) {
    if (ids.has(request.budgetId)) end(context, account, request, { status: 'canceled', denial: null });
  }
}

function raise({ account }: AccountState, budgetId: string, raised: BudgetRaise): void {
  account.budgets = account.budgets.map((budget) => (budget.id === budgetId ? { ...budget, raise: raised } : budget));
}

function end(
  context: DecisionContext,
  account: AccountState,
  request: PendingRaise,
  how: { readonly status: Exclude<RaiseRequestStatus, 'pending'>; readonly denial: string | null },
): RaiseRequest {
  account.account.raiseRequests = account.account.raiseRequests.filter((one) => one !== request);
  context.changes.accounts.updateBudgets(account);
  const decidedBy = context.keyId ?? null;
  const ended = { ...ofAccount(account, request), ...how, decidedAt: timeOf(context, account), decidedBy };
  context.changes.raiseRequests.update(ended);
  return ended;
}

function ofAccount({ account: { key, environment } }: AccountState, request: PendingRaise) {
  return { ...request, accountKey: key, environment, decidedAt: null, decidedBy: null, denial: null };
}

function requestData({ id, budgetId, name, amount, until, reason }: PendingRaise): RaiseRequestData {
  return {
    raise_request: publicId('raiseRequest', id),
    budget: publicId('budget', budgetId),
    name,
    amount: formatAmount(amount),
    until: new Date(until).toISOString(),
    reason,
  };
}

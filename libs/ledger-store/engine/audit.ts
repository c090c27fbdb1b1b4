import { formatAmount, type Amount, type JsonObject } from '#amounts';
import {
  liveRecurring,
  newUuid,
  NO_OWN_RULES,
  ownRulesJson,
  publicId,
  recurringJson,
  restraintJson,
  type Account,
  type AccountPlan,
  type AutoTopup,
  type Budget,
  type Command,
  type CommandType,
  type GrantDecision,
  type Grant,
  type GrantScope,
  type LedgerState,
  type Outcome,
  type PendingRaise,
  type PlanVersionRef,
  type RecurringGrant,
  type Purchase,
  type PurchaseDecision,
} from '#ledger';
import type { Actor } from './submission.ts';

/** A change by an operator, to be entered in the audit log in the transaction that makes it. */
export interface AuditEntry {
  readonly id: string;
  readonly environment: string;
  readonly actor: Actor;
  /** The public id of what was changed. */
  readonly object: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What operators do; what customers' traffic does stands in the transfers. */
const AUDITED: ReadonlySet<CommandType> = new Set([
  'create_account',
  'update_account',
  'set_account_status',
  'close_account',
  'write_off',
  'erase_account',
  'set_alerts',
  'set_auto_topup',
  'put_budget',
  'update_budget',
  'delete_budget',
  'raise_budget',
  'request_raise',
  'decide_raise',
  'set_rules',
  'set_plan',
  'resume_usage',
  'create_grant',
  'void_grant',
  'put_recurring_grant',
  'delete_recurring_grant',
  'pause_recurring_grant',
  'resume_recurring_grant',
  'begin_purchase',
  'record_payment',
  'cancel_purchase',
  'refund_purchase',
]);

export function isAudited(type: CommandType): boolean {
  return AUDITED.has(type);
}

/** What the object that a command names looks like now; `null` where it isn't there (yet). */
export function viewOf(state: LedgerState, command: Command): JsonObject | null {
  if ('account' in command && !makesSomething(command)) {
    const account = state.accounts.get(command.account.key);
    if (!account) return null;
    const { autoTopup, recurring, plan } = account.refills;
    const own = accountView(account.account);
    const view = { ...own, ...recurringView(recurring), ...planView(plan), ...autoTopupView(autoTopup) };
    // What is erased doesn't stay here either.
    return command.type === 'erase_account' ? { ...view, name: null, metadata: {} } : view;
  }
  if ('purchase' in command) {
    const purchase = state.purchases.get(command.purchase.id);
    return purchase ? purchaseView(state, purchase) : null;
  }
  if (command.type !== 'void_grant') return null;
  const grant = state.grants.get(command.grant.id);
  return grant ? grantView(state, grant) : null;
}

/** @returns `null` where nothing was changed */
export function auditEntry(
  state: LedgerState,
  { command, actor, before }: { readonly command: Command; readonly actor: Actor; readonly before: JsonObject | null },
  outcome: Outcome<unknown>,
  at: number,
): AuditEntry | null {
  if (!outcome.ok) return null;
  const made = makesSomething(command) ? madeBy(state, outcome.value as GrantDecision | PurchaseDecision) : null;
  const after = made ? made.view : viewOf(state, command);
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  return { id: newUuid(at), ...placeOf(command, made), actor, before, after, at };
}

/** Whether it is about an object that isn't there before. */
function makesSomething({ type }: Command): boolean {
  return type === 'create_grant' || type === 'begin_purchase';
}

interface Made {
  readonly object: string;
  readonly view: JsonObject;
}

function madeBy(state: LedgerState, decision: GrantDecision | PurchaseDecision): Made {
  return 'purchase' in decision
    ? { object: publicId('purchase', decision.purchase.id), view: purchaseView(state, decision.purchase) }
    : { object: publicId('grant', decision.grant.id), view: grantView(state, decision.grant) };
}

function placeOf(command: Command, made: Made | null): Pick<AuditEntry, 'environment' | 'object'> {
  if ('purchase' in command) {
    return { environment: command.purchase.environment, object: publicId('purchase', command.purchase.id) };
  }
  if (command.type === 'void_grant') {
    return { environment: command.grant.environment, object: publicId('grant', command.grant.id) };
  }
  if (!('account' in command)) throw new Error(`${command.type} has no place in the audit log`);
  const { environment, id } = command.account;
  return { environment, object: made ? made.object : id };
}

function recurringView(recurring: readonly RecurringGrant[]): JsonObject {
  const live = liveRecurring(recurring);
  if (live.length === 0) return {};
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    recurring_grants: live.map((one) => {
      const { name, terms } = recurringJson(one);
      const { rollover } = terms;
      const times = { starts_at: one.startsAt, ends_at: one.endsAt, anchor: one.anchor, paused_at: one.pausedAt };
      const own = { ...terms, scope: scopeView(terms.scope), rollover: rollover && { ...rollover } };
      return { name, ...own, ...Object.fromEntries(Object.entries(times).map(([field, at]) => [field, time(at)])) };
    }),
  };
}

function accountView(account: Account): JsonObject {
  const { id, unit, status, closure, terms, budgets, raiseRequests, alerts, rules, restraints } = account;
  const { percent, remaining, runOutDays } = alerts.rules;
  const { erasureRequestedAt } = closure;
  return {
    account: id,
    unit,
    status,
    name: terms.name,
    overdraft_limit: formatAmount(terms.overdraftLimit),
    overage: terms.overage,
    time_zone: terms.timeZone,
    rate_card: terms.rateCard && publicId('rateCard', terms.rateCard),
    discount: formatAmount(terms.discount),
    overrides: terms.overrides,
    commitment: commitmentView(terms.commitment),
    metadata: terms.metadata,
    ...(budgets.length === 0 ? {} : { budgets: budgets.map(budgetView) }),
    ...(raiseRequests.length === 0 ? {} : { raise_requests: raiseRequests.map(raiseRequestView) }),
    alerts: {
      percent: percent && [...percent],
      remaining: remaining && remaining.map(formatAmount),
      run_out_days: runOutDays,
    },
    ...(rules === NO_OWN_RULES ? {} : { rules: ownRulesJson(rules) }),
    ...(restraints.length === 0 ? {} : { restraints: restraints.map(restraintJson) }),
    ...(closure.remainder === null ? {} : { remainder: closure.remainder }),
    ...(erasureRequestedAt === null ? {} : { erasure_requested_at: new Date(erasureRequestedAt).toISOString() }),
  };
}

function planView(plan: AccountPlan | null): JsonObject {
  if (!plan) return {};
  const { current, next } = plan;
  const view = ({ plan: id, version, name }: PlanVersionRef): JsonObject => ({
    plan: publicId('plan', id),
    version,
    name,
  });
  return {
    plan: current && view(current),
    next_plan: next && { at: new Date(next.at).toISOString(), to: next.to && view(next.to) },
  };
}

/** What somebody has set, and whether the rule is suspended. */
function autoTopupView(rule: AutoTopup | null): JsonObject {
  if (!rule) return {};
  const { buys, offer, maxPerPeriod: cap } = rule;
  const view: JsonObject = {
    enabled: rule.enabled,
    suspended: rule.suspended,
    on: rule.on,
    threshold: formatAmount(rule.threshold),
    amount: 'amount' in buys ? formatAmount(buys.amount) : null,
    target: 'target' in buys ? formatAmount(buys.target) : null,
    package: 'package' in buys ? publicId('creditPackage', buys.package) : null,
    price: offer.price && formatAmount(offer.price),
    price_per_credit: offer.pricePerCredit && formatAmount(offer.pricePerCredit),
    currency: offer.currency,
    provider: rule.provider,
    payment_method: rule.paymentMethod,
    customer: rule.customer,
    cooldown: rule.cooldownMs / 1000,
    max_per_period: cap && { period: cap.period, count: cap.count, amount: cap.amount && formatAmount(cap.amount) },
  };
  return { auto_topup: view };
}

export function budgetView(budget: Budget): JsonObject {
  const { anchor, until, raise } = budget;
  return {
    budget: publicId('budget', budget.id),
    name: budget.name,
    amount: formatAmount(budget.amount),
    expected: budget.expected && formatAmount(budget.expected),
    period: budget.period,
    anchor: anchor === null ? null : new Date(anchor).toISOString(),
    time_zone: budget.timeZone,
    mode: budget.mode,
    scope: Object.fromEntries(Object.entries(budget.scope).map(([name, values]) => [name, [...values]])),
    per: budget.per,
    thresholds: [...budget.thresholds],
    until: until === null ? null : new Date(until).toISOString(),
    raise: raise && {
      amount: formatAmount(raise.amount),
      until: new Date(raise.until).toISOString(),
      reason: raise.reason,
    },
    owner: budget.owner,
  };
}

function raiseRequestView({ id, budgetId, name, amount, until, reason }: PendingRaise): JsonObject {
  return {
    raise_request: publicId('raiseRequest', id),
    budget: publicId('budget', budgetId),
    name,
    amount: formatAmount(amount),
    until: new Date(until).toISOString(),
    reason,
  };
}

function commitmentView(amount: Amount | null): JsonObject | null {
  return amount && { amount: formatAmount(amount), period: 'month' };
}

function grantView(state: LedgerState, grant: Readonly<Grant>): JsonObject {
  const time = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());
  return {
    account: state.accounts.get(grant.accountKey)?.account.id ?? null,
    amount: formatAmount(grant.amount),
    remaining: formatAmount(grant.remaining),
    category: grant.category,
    priority: grant.priority,
    scope: scopeView(grant.scope),
    cost_basis: grant.costBasis && formatAmount(grant.costBasis),
    ...(grant.amountPaid && { amount_paid: formatAmount(grant.amountPaid), currency: grant.currency }),
    ...(grant.purchaseReference && { purchase: grant.purchaseReference }),
    ...(grant.returned && { returned: formatAmount(grant.returned) }),
    effective_at: time(grant.effectiveAt),
    expires_at: time(grant.expiresAt),
    voided_at: time(grant.voidedAt),
    metadata: grant.metadata,
  };
}

function purchaseView(state: LedgerState, purchase: Readonly<Purchase>): JsonObject {
  return {
    account: state.accounts.get(purchase.accountKey)?.account.id ?? null,
    credits: formatAmount(purchase.credits),
    bonus_credits: formatAmount(purchase.bonusCredits),
    price: formatAmount(purchase.price),
    currency: purchase.currency,
    provider: purchase.provider,
    package: purchase.package && publicId('creditPackage', purchase.package),
    automatic: purchase.automatic,
    status: purchase.status,
    grants: purchase.grants.map((id) => publicId('grant', id)),
    refunded: formatAmount(purchase.refundedMoney),
    refunded_credits: formatAmount(purchase.refundedCredits),
    lost_credits: formatAmount(purchase.lostCredits),
    metadata: purchase.metadata,
  };
}

function scopeView(scope: GrantScope | null): JsonObject | null {
  if (!scope) return null;
  const { events, models, tags } = scope;
  return { ...(events && { events: [...events] }), ...(models && { models: [...models] }), ...(tags && { tags }) };
}

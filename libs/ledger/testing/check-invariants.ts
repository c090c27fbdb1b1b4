import { type Amount, atLeastZero, ZERO } from '#amounts';
import { isOpen, type Authorization, type AuthorizationStatus } from '../authorization.ts';
import type { LedgerAccount, Transfer, TransferKind } from '../chart.ts';
import { compareBurnDown } from '../burn-down.ts';
import type { DecisionContext } from '../decide/context.ts';
import { hasExpired, type Grant } from '../grant.ts';
import type { HoldExpiries } from '../hold-expiries.ts';
import { accountKeyOf } from '../ids.ts';
import type { AccountState } from '../state.ts';
import { checkCommitments } from './check-commitments.ts';
import { checkPurchases } from './check-purchases.ts';
import { checkCounters } from './check-counters.ts';
import { checkRecurring } from './check-recurring.ts';
import { checkTopupCaps } from './check-topup-caps.ts';
import { HistoryCheck } from './check-history.ts';
import { RefundCheck } from './check-refunds.ts';
import type { LedgerRows } from './ledger-rows.ts';
import { must } from './must.ts';

/** Which ledger accounts a kind of transfer may join, as `debit → credit`. */
const CHART: Record<TransferKind, RegExp> = {
  grant: /^funding:(paid|promotional|included) → grant$/,
  usage: /^(grant|debt) → usage$/,
  debt_repayment: /^grant → debt$/,
  breakage: /^grant → breakage$/,
  grant_void: /^grant → funding:(paid|promotional|included)$/,
  refund: /^usage → (debt|grant)$/,
  commitment: /^(grant|debt) → usage$/,
  write_off: /^(write_off → debt|debt → write_off)$/,
  rollover: /^grant → grant$/,
  purchase_refund: /^(grant → funding:paid|funding:paid → grant)$/,
};

const NEXT_STATUS: Record<AuthorizationStatus, readonly AuthorizationStatus[]> = {
  authorized: ['authorized', 'committed', 'voided', 'expired'],
  expired: ['expired', 'committed'],
  committed: ['committed'],
  voided: ['voided'],
};

/** Watches the rows, and fails the spec as soon as an invariant of the ledger doesn't hold. */
export class InvariantCheck {
  private readonly rows: LedgerRows;
  private readonly refunds = new RefundCheck();
  readonly history: HistoryCheck;
  private readonly grantSums = new Map<string, Amount>();
  private readonly debtSums = new Map<string, Amount>();
  private readonly writeOffSums = new Map<string, Amount>();
  private readonly usageSums = new Map<string, Amount>();
  private readonly lastIds = new Map<string, string>();
  private readonly statuses = new Map<string, AuthorizationStatus>();
  private transfersSeen = 0;

  constructor(rows: LedgerRows) {
    this.rows = rows;
    this.history = new HistoryCheck(rows);
  }

  /** Checks everything about the accounts of a transaction that has just been written. */
  afterWrite(context: DecisionContext): void {
    for (const transfer of this.rows.transfers.slice(this.transfersSeen)) this.addTransfer(transfer);
    this.transfersSeen = this.rows.transfers.length;
    const { created, updated } = context.changes.authorizations;
    for (const one of [...created, ...updated]) this.checkAuthorization(one);
    for (const state of context.state.accounts.values()) this.checkAccount(state, context.realNow);
    this.history.afterWrite(context);
  }

  private addTransfer(transfer: Transfer): void {
    const { id, accountKey, amount, debit, credit, kind, grantId, intoGrantId, authorizationId } = transfer;
    must(
      amount.gt(0) && amount.decimalPlaces() <= 12,
      `a transfer is of a positive amount of at most 12 places: ${amount.toFixed()}`,
    );
    must(CHART[kind].test(`${debit} → ${credit}`), `${kind} doesn't book ${debit} → ${credit}`);
    must(accountKeyOf(id) === accountKey, 'an id says which account owns the object');
    must(id > (this.lastIds.get(accountKey) ?? ''), 'the ids of an account rise');
    this.lastIds.set(accountKey, id);
    const signed = (account: LedgerAccount): Amount =>
      debit === account ? amount.neg() : credit === account ? amount : ZERO;
    if (grantId !== null) add(this.grantSums, grantId, signed('grant'));
    must((intoGrantId !== null) === (kind === 'rollover'), 'a rollover says into which grant');
    if (intoGrantId !== null) add(this.grantSums, intoGrantId, amount);
    add(this.debtSums, accountKey, signed('debt').neg());
    add(this.writeOffSums, accountKey, signed('write_off').neg());
    if (authorizationId !== null && kind === 'usage') add(this.usageSums, authorizationId, amount);
    this.refunds.addTransfer(transfer);
  }

  private checkAuthorization(authorization: Authorization): void {
    const { id, status, held, committed, closedAt } = authorization;
    const before = this.statuses.get(id);
    must(
      !before || NEXT_STATUS[before].includes(status),
      `an authorization that is ${String(before)} never becomes ${status}`,
    );
    this.statuses.set(id, status);
    must(
      held.eq(total(authorization.allocations).plus(authorization.overdraftHeld)),
      'held = Σ allocations + overdraft leg',
    );
    must(committed.eq(total(authorization.draws)), 'committed = Σ draws');
    must(committed.eq(this.usageSums.get(id) ?? ZERO), 'committed = Σ usage transfers');
    const uncollected = this.rows.uncollected.filter(({ authorizationId }) => authorizationId === id);
    must(authorization.uncollected.eq(total(uncollected)), 'uncollected = Σ uncollected usage');
    must(
      isOpen(authorization) === (closedAt === null),
      'an authorization is closed when it has reached a terminal state',
    );
    must(isOpen(authorization) || held.isZero(), 'a closed authorization holds nothing');
    if (isOpen(authorization)) checkSteps(authorization);
    this.refunds.checkAuthorization(authorization);
  }

  private checkAccount(state: AccountState, now: number): void {
    const { key, terms, status, debt, writtenOff, overdraftHeld } = this.rows.accountRow(state.account.key);
    const open = this.rows.openAuthorizationsOf(key);
    const grants = this.rows.grantsOf(key);
    for (const grant of grants) this.checkGrant(grant, open, now);
    checkRecurring(this.rows.refillsOf(key).recurring, grants);
    must(state.openHolds === open.length, 'open holds are counted');
    checkPurchases(this.rows.purchasesOf(key), grants, this.rows.transfers);
    checkCounters(this.rows.countersOf(key), this.rows.authorizationsOf(key));
    checkTopupCaps(this.rows.countersOf(key), this.rows.purchasesOf(key));
    checkCommitments(
      this.rows.commitmentsOf(key),
      this.rows.authorizationsOf(key),
      this.rows.transfers.filter(({ accountKey }) => accountKey === key),
    );
    checkHoldExpiries(state.holdExpiries, open);
    must(
      status !== 'closed' || (open.length === 0 && grants.every(({ remaining }) => remaining.isZero())),
      'a closed account holds nothing, and nothing remains of its grants',
    );
    must(debt.gte(0), 'debt ≥ 0');
    must(writtenOff.gte(0) && writtenOff.eq(this.writeOffSums.get(key) ?? ZERO), 'written off = Σ of its transfers');
    must(debt.eq(this.debtSums.get(key) ?? ZERO), 'debt = Σ of its transfers');
    must(overdraftHeld.eq(sum(open, (one) => one.overdraftHeld)), 'the overdraft held = Σ of open overdraft legs');
    const posted = sum(grants, (grant) => countsFor(grant, now)).minus(debt);
    const held = sum(open, (one) => one.held).plus(sum(grants, ({ frozen }) => frozen));
    must(
      state.posted.eq(posted),
      `posted is ${posted.toFixed()} by the rows, ${state.posted.toFixed()} by the decision`,
    );
    must(
      state.observed.posted.eq(posted) && state.observed.held.eq(held),
      'the observers have seen every move of the balance',
    );
    const numbers = this.rows.events.filter(({ accountKey }) => accountKey === key).map(({ sequence }) => sequence);
    must(
      numbers.every((number, at) => number === at + 1) && this.rows.accountRow(key).sequence === numbers.length,
      'an account’s events are numbered from 1 without a gap',
    );
    must(state.held.eq(held), `held is ${held.toFixed()} by the rows, ${state.held.toFixed()} by the decision`);
    must(posted.minus(held).gte(terms.overdraftLimit.neg()), 'available never goes below −overdraft_limit');
    const sorted = state.grants.every(
      (grant, at) => at === 0 || compareBurnDown(state.grants[at - 1] ?? grant, grant) < 0,
    );
    must(sorted, 'the grants stand in burn-down order');
    const skipped = state.grants.slice(0, state.freeFrom);
    must(
      skipped.every((grant) => grant.held.eq(grant.remaining)),
      'a search for credits passes over none that are free',
    );
  }

  private checkGrant(grant: Grant, open: readonly Authorization[], now: number): void {
    const { id, amount, remaining, held, frozen, frozenAt } = grant;
    must(held.gte(0) && held.lte(remaining) && remaining.lte(amount), 'for every grant 0 ≤ held ≤ remaining ≤ amount');
    must(remaining.eq(this.grantSums.get(id) ?? ZERO), 'for every grant Σ credits − Σ debits = remaining');
    const shares = open.flatMap(({ allocations }) => allocations).filter(({ grantId }) => grantId === id);
    must(held.eq(total(shares).plus(frozen)), 'held of a grant = Σ of its allocations, and what is frozen');
    must(
      frozen.gte(0) && (frozen.isZero() || frozenAt !== null),
      'what is frozen of a grant is frozen since some time',
    );
    must(frozenAt === null || remaining.eq(held), 'of a frozen grant everything is frozen that no hold has pinned');
    must(frozen.eq(grant.freezes.at(-1)?.frozen ?? ZERO), 'what is frozen of a grant is what its last freeze says');
    must(
      !hasEnded(grant, now) || remaining.eq(held),
      'of a grant that has expired or was voided only what is pinned remains',
    );
  }
}

/** Only extensions make it hold more, and only commits less; each left a step. */
function checkSteps({ amount, held, steps, committed, uncollected }: Authorization): void {
  if (steps.length === 0) {
    must(held.eq(amount), 'a hold that never changed holds its amount');
    must(committed.isZero() && uncollected.isZero(), 'a hold that never changed was not committed');
    return;
  }
  const added = steps.map((step, at) => atLeastZero(step.held.minus(steps[at - 1]?.held ?? ZERO)));
  must(held.eq(steps.at(-1)?.held ?? ZERO), 'a hold holds what its last step says');
  must(amount.eq(sum(added, (more) => more)), 'the amount is what was held at first, and what extensions added');
  must(
    held.gte(amount.minus(committed).minus(uncollected)),
    'a hold holds what of its amount commits have not asked for',
  );
}

function checkHoldExpiries(expiries: HoldExpiries, open: readonly Authorization[]): void {
  const next = Math.min(...open.map(({ expiresAt }) => expiresAt ?? Number.NaN));
  const earliest = expiries.earliest() ?? Number.POSITIVE_INFINITY;
  must(earliest <= next, 'no hold expires before it is expected to');
  must(!expiries.isExact() || earliest === next, 'where it is known when the next hold expires, it does');
}

/** What a grant adds to `posted`. */
function countsFor(grant: Grant, now: number): Amount {
  if (grant.effectiveAt > now) return ZERO;
  return hasEnded(grant, now) ? grant.held : grant.remaining;
}

function hasEnded(grant: Grant, now: number): boolean {
  return grant.voidedAt !== null || hasExpired(grant, now);
}

function add(sums: Map<string, Amount>, name: string, amount: Amount): void {
  sums.set(name, (sums.get(name) ?? ZERO).plus(amount));
}

function sum<T>(items: readonly T[], pick: (item: T) => Amount): Amount {
  return items.reduce((total, item) => total.plus(pick(item)), ZERO);
}

function total(shares: readonly { readonly amount: Amount }[]): Amount {
  return sum(shares, ({ amount }) => amount);
}

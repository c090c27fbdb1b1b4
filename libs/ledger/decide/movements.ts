import { smallerOf, ZERO, type Amount } from '../amount.ts';
import type { Authorization, Draw } from '../authorization.ts';
import type { LedgerAccount, Transfer, TransferKind } from '../chart.ts';
import { hasExpired, type Grant } from '../grant.ts';
import { noteUsage } from '../pace.ts';
import { enterGrant, type AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/**
 * The only functions that move an amount. Each keeps the three places an amount stands in (the grant or debt, the
 * account's sums, the transfers) in step, so that no rule above them can forget one.
 */

interface Booking {
  readonly kind: TransferKind;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amount: Amount;
  readonly grantId?: string;
  readonly authorizationId?: string;
  readonly corrects?: string;
  readonly reason?: string | null;
  /** When it took effect, by the account's clock; now where it isn't said. */
  readonly at?: number;
}

/** One ledger transaction: the transfers that belong together. Its id is that of its first transfer. */
export class Transaction {
  private id: string | null = null;

  constructor(
    private readonly context: DecisionContext,
    private readonly account: AccountState,
  ) {}

  /** @returns the transaction's id. */
  book(booking: Booking): string {
    const id = this.account.ids.next(this.context.realNow);
    this.id ??= id;
    const transfer: Transfer = {
      id,
      accountKey: this.account.account.key,
      transactionId: this.id,
      kind: booking.kind,
      debit: booking.debit,
      credit: booking.credit,
      amount: booking.amount,
      grantId: booking.grantId ?? null,
      authorizationId: booking.authorizationId ?? null,
      corrects: booking.corrects ?? null,
      reason: booking.reason ?? null,
      createdAt: booking.at ?? timeOf(this.context, this.account),
    };
    this.context.changes.transfers.push(transfer);
    this.context.changes.moved.add(this.account);
    touch(this.context, this.account);
    return this.id;
  }
}

export function touch({ changes }: DecisionContext, account: AccountState): void {
  if (!changes.createdAccounts.has(account)) changes.updatedAccounts.add(account);
}

export function touchGrant({ changes }: DecisionContext, grant: Grant): void {
  if (!changes.createdGrants.has(grant)) changes.updatedGrants.add(grant);
}

export function touchAuthorization({ changes }: DecisionContext, authorization: Authorization): void {
  if (!changes.createdAuthorizations.has(authorization)) changes.updatedAuthorizations.add(authorization);
}

/** Pins unpinned credits of a grant for an authorization. */
export function pin(context: DecisionContext, account: AccountState, grant: Grant, amount: Amount): void {
  grant.held = grant.held.plus(amount);
  account.held = account.held.plus(amount);
  touchGrant(context, grant);
}

/** Pins a part that no credits cover, within the overdraft limit. */
export function pinOverdraft(account: AccountState, amount: Amount): void {
  account.account.overdraftHeld = account.account.overdraftHeld.plus(amount);
  account.held = account.held.plus(amount);
}

export function unpinOverdraft(account: AccountState, amount: Amount): void {
  account.account.overdraftHeld = account.account.overdraftHeld.minus(amount);
  account.held = account.held.minus(amount);
}

/**
 * Lets pinned credits go. They are spendable again, unless their grant has expired or was voided in the meantime: then
 * they go where the grant's rest went, to breakage or back to funding, and never to another hold.
 *
 * @param at when they were let go: now, or when the hold expired.
 */
export function unpin(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  amount: Amount,
  books: Transaction,
  at: number,
): void {
  free(account, grant, amount);
  touchGrant(context, grant);
  touch(context, account);
  settleUnpinned(context, account, grant, amount, books, at);
}

/** Takes a pin off, and nothing else. */
export function free(account: AccountState, grant: Grant, amount: Amount): void {
  grant.held = grant.held.minus(amount);
  account.held = account.held.minus(amount);
  account.freeFrom = 0;
}

/** Unpinned credits of a grant that is over leave it at once. */
function settleUnpinned(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  amount: Amount,
  books: Transaction,
  at: number,
): void {
  if (grant.voidedAt !== null) takeBack(context, account, grant, amount, books, at);
  else if (grant.expiresAt !== null && hasExpired(grant, timeOf(context, account))) {
    breakage(context, account, grant, amount, books, Math.max(at, grant.expiresAt));
  }
}

/** Spends unpinned credits of a grant. */
export function spend(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  amount: Amount,
  authorization: Authorization,
  books: Transaction,
): void {
  reduce(context, account, grant, amount);
  const transactionId = books.book({
    kind: 'usage',
    debit: 'grant',
    credit: 'usage',
    amount,
    grantId: grant.id,
    authorizationId: authorization.id,
  });
  charge(context, account, authorization, { grantId: grant.id, amount, transactionId, refunded: ZERO });
}

/** Spends credits that this authorization has pinned. */
export function spendPinned(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  amount: Amount,
  authorization: Authorization,
  books: Transaction,
): void {
  grant.held = grant.held.minus(amount);
  account.held = account.held.minus(amount);
  spend(context, account, grant, amount, authorization, books);
}

/** Charges usage that no credits cover. */
export function borrow(
  context: DecisionContext,
  account: AccountState,
  amount: Amount,
  authorization: Authorization,
  books: Transaction,
): void {
  account.account.debt = account.account.debt.plus(amount);
  account.posted = account.posted.minus(amount);
  const transactionId = books.book({
    kind: 'usage',
    debit: 'debt',
    credit: 'usage',
    amount,
    authorizationId: authorization.id,
  });
  charge(context, account, authorization, { grantId: null, amount, transactionId, refunded: ZERO });
}

/** Repays debt out of a grant, one in effect or still to come. */
export function repayDebt(context: DecisionContext, account: AccountState, grant: Grant, books: Transaction): void {
  const amount = smallerOf(account.account.debt, grant.remaining);
  if (amount.isZero()) return;
  reduce(context, account, grant, amount);
  account.account.debt = account.account.debt.minus(amount);
  account.posted = account.posted.plus(amount);
  books.book({ kind: 'debt_repayment', debit: 'grant', credit: 'debt', amount, grantId: grant.id });
  grant.repaid = grant.repaid.plus(amount);
}

/** What a refund is booked for. */
export interface RefundOf {
  readonly authorization: Authorization;
  /** The transaction it puts right. */
  readonly corrects: string;
  readonly reason: string | null;
}

/** Refunds usage to what the account owes. */
export function refundToDebt(account: AccountState, amount: Amount, of: RefundOf, books: Transaction): void {
  account.account.debt = account.account.debt.minus(amount);
  account.posted = account.posted.plus(amount);
  bookRefund('debt', amount, of, books);
}

/**
 * Refunds usage to a grant. Credits of a grant that is over don't come back to life: they go where its rest went.
 */
export function refundToGrant(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  amount: Amount,
  of: RefundOf,
  books: Transaction,
): void {
  grant.remaining = grant.remaining.plus(amount);
  // One that had repaid debt with all it had, before its time, has something again that will come into effect.
  grant.entered = grant.effectiveAt <= timeOf(context, account);
  if (grant.entered) account.posted = account.posted.plus(amount);
  if (!account.grants.includes(grant)) enterGrant(account, grant);
  account.freeFrom = 0;
  touchGrant(context, grant);
  bookRefund('grant', amount, of, books, grant.id);
  settleUnpinned(context, account, grant, amount, books, timeOf(context, account));
}

function bookRefund(
  credit: 'debt' | 'grant',
  amount: Amount,
  { authorization, corrects, reason }: RefundOf,
  books: Transaction,
  grantId?: string,
): void {
  const booking = {
    kind: 'refund',
    debit: 'usage',
    credit,
    amount,
    authorizationId: authorization.id,
    corrects,
    reason,
  } as const;
  books.book(grantId === undefined ? booking : { ...booking, grantId });
}

/** Books credits of an expired grant as lost to their owner. */
export function breakage(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  amount: Amount,
  books: Transaction,
  at: number,
): void {
  reduce(context, account, grant, amount);
  books.book({ kind: 'breakage', debit: 'grant', credit: 'breakage', amount, grantId: grant.id, at });
}

/** Gives credits of a voided grant back to where they came from. */
export function takeBack(
  context: DecisionContext,
  account: AccountState,
  grant: Grant,
  amount: Amount,
  books: Transaction,
  at: number,
): void {
  reduce(context, account, grant, amount);
  books.book({
    kind: 'grant_void',
    debit: 'grant',
    credit: `funding:${grant.category}`,
    amount,
    grantId: grant.id,
    at,
  });
}

/** A grant not yet in effect is in no sum, so taking from it changes none. */
function reduce(context: DecisionContext, account: AccountState, grant: Grant, amount: Amount): void {
  grant.remaining = grant.remaining.minus(amount);
  if (grant.effectiveAt <= timeOf(context, account)) account.posted = account.posted.minus(amount);
  touchGrant(context, grant);
  touch(context, account);
}

function charge(context: DecisionContext, account: AccountState, authorization: Authorization, draw: Draw): void {
  if (noteUsage(account.account.pace, draw.amount, timeOf(context, account)))
    context.changes.changedAlerts.add(account);
  authorization.committed = authorization.committed.plus(draw.amount);
  const { draws } = authorization;
  const last = draws.at(-1);
  if (last?.grantId === draw.grantId && last.transactionId === draw.transactionId) {
    draws[draws.length - 1] = { ...last, amount: last.amount.plus(draw.amount) };
  } else {
    draws.push(draw);
  }
}

import { type Amount, smallerOf, ZERO } from '#amounts';
import type { Authorization, Draw } from '../authorization.ts';
import { lastInstantOf, periodOf, type CommitmentPeriod } from '../commitments.ts';
import { hasExpired, type Freeze, type Grant } from '../grant.ts';
import { addUsage } from '../burn-rate.ts';
import { enterGrant, type AccountState } from '../state.ts';
import { bookTransfer, type Booking } from './book-transfer.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { newGrant } from './new-grant.ts';
import { rolledOf } from './roll-over.ts';

/** What a refund is booked for. */
export interface RefundOf {
  /** `null`: the shortfall of a commitment. */
  readonly authorization: Authorization | null;
  /** The transaction it puts right. */
  readonly corrects: string;
  readonly reason: string | null;
}

/**
 * What one decision moves on one account. An amount stands in three places: the grant (or the debt, or the overdraft), the
 * account's sums, and the transfers. Only the methods of this class move it, each in all three, so that no rule can forget one.
 *
 * Its transfers belong together; the id of the first is the transaction's.
 */
export class Transaction {
  private id: string | null = null;

  constructor(
    readonly context: DecisionContext,
    readonly account: AccountState,
  ) {}

  /** Gives what a new grant brings. @param at when: now, or when its period began */
  issue(grant: Grant, at = this.now): void {
    const { id, amount, category } = grant;
    if (this.isInEffect(grant)) this.addToPosted(amount);
    this.book({ kind: 'grant', debit: `funding:${category}`, credit: 'grant', amount, grantId: id, at });
  }

  /** Pins unpinned credits of a grant for an authorization. */
  pin(grant: Grant, amount: Amount): void {
    this.addToPinned(grant, amount);
  }

  /** Pins a part that no credits cover, within the overdraft limit. */
  pinOverdraft(amount: Amount): void {
    this.addToOverdraft(amount);
  }

  unpinOverdraft(amount: Amount): void {
    this.addToOverdraft(amount.neg());
  }

  /**
   * Lets pinned credits go. They are spendable again, unless their grant has expired or was voided in the meantime: then
   * they go where the grant's rest went, to breakage or back to funding, and never to another hold.
   *
   * @param at when they were let go: now, or when the hold expired.
   */
  unpin(grant: Grant, amount: Amount, at = this.now): void {
    this.addToPinned(grant, amount.neg());
    this.account.freeFrom = 0;
    this.settleUnpinned(grant, amount, at);
  }

  /** The same of a grant that ends at this very instant: what is to become of them is decided with the rest of it. */
  unpinEnding(grant: Grant, amount: Amount): void {
    this.addToPinned(grant, amount.neg());
  }

  /** Spends unpinned credits of a grant. */
  spend(grant: Grant, amount: Amount, authorization: Authorization): void {
    this.reduce(grant, amount);
    const ids = { grantId: grant.id, authorizationId: authorization.id };
    const transactionId = this.book({ kind: 'usage', debit: 'grant', credit: 'usage', amount, ...ids });
    this.charge(authorization, { grantId: grant.id, amount, transactionId, refunded: ZERO });
  }

  /** Spends credits that this authorization has pinned. */
  spendPinned(grant: Grant, amount: Amount, authorization: Authorization): void {
    this.addToPinned(grant, amount.neg());
    this.spend(grant, amount, authorization);
  }

  /** Charges usage that no credits cover. */
  borrow(amount: Amount, authorization: Authorization): void {
    this.addToDebt(amount);
    const authorizationId = authorization.id;
    const transactionId = this.book({ kind: 'usage', debit: 'debt', credit: 'usage', amount, authorizationId });
    this.charge(authorization, { grantId: null, amount, transactionId, refunded: ZERO });
  }

  /**
   * Charges what is missing to a commitment, as of the last instant of its period: out of unpinned credits of a grant, or as debt.
   *
   * @param grant `null` for debt
   */
  chargeShortfall(period: CommitmentPeriod, grant: Grant | null, amount: Amount): void {
    if (grant) this.reduce(grant, amount);
    else this.addToDebt(amount);
    const at = lastInstantOf(period);
    const common = { kind: 'commitment', credit: 'usage', amount, at } as const;
    const transactionId = this.book(
      grant ? { ...common, debit: 'grant', grantId: grant.id } : { ...common, debit: 'debt' },
    );
    period.draws.push({ grantId: grant && grant.id, amount, transactionId, refunded: ZERO });
    this.context.changes.commitments.update(period);
  }

  /**
   * Charges usage to what was charged for a shortfall before. What has paid for that pays for the usage: no credits come free
   * in between, and none of a grant that has ended since are lost.
   *
   * @param draw of the period; it doesn't say yet that this was refunded
   */
  takeOver({ grantId, transactionId: corrects }: Draw, amount: Amount, authorization: Authorization): void {
    const from = grantId === null ? 'debt' : 'grant';
    const ids = { ...(grantId === null ? {} : { grantId }), authorizationId: authorization.id };
    const transactionId = this.book({ kind: 'usage', debit: from, credit: 'usage', amount, ...ids });
    this.charge(authorization, { grantId, amount, transactionId, refunded: ZERO });
    this.bookRefund(from, amount, { authorization: null, corrects, reason: null }, grantId ?? undefined);
  }

  /** Repays debt out of what is unpinned of a grant, one in effect or still to come. */
  repayDebt(grant: Grant, at = this.now): void {
    const amount = smallerOf(this.account.account.debt, grant.remaining.minus(grant.held));
    if (amount.isZero()) return;
    this.reduce(grant, amount);
    this.addToDebt(amount.neg());
    this.book({ kind: 'debt_repayment', debit: 'grant', credit: 'debt', amount, grantId: grant.id, at });
    grant.repaid = grant.repaid.plus(amount);
  }

  /** Gives up debt that nobody will repay. */
  writeOff(amount: Amount, reason: string): void {
    this.addToWrittenOff(amount);
    this.book({ kind: 'write_off', debit: 'write_off', credit: 'debt', amount, reason });
  }

  /** Refunds usage whose debt was written off: it is owed again, and refunded at once. */
  refundWrittenOff(amount: Amount, of: RefundOf): void {
    this.addToWrittenOff(amount.neg());
    this.book({ kind: 'write_off', debit: 'debt', credit: 'write_off', amount });
    this.refundToDebt(amount, of, null);
  }

  /**
   * Refunds usage to what the account owes.
   *
   * @param grant whose credits were used. They have repaid debt: should that be refunded too, they go back to it.
   */
  refundToDebt(amount: Amount, of: RefundOf, grant: Grant | null): void {
    this.addToDebt(amount.neg());
    this.bookRefund('debt', amount, of);
    if (!grant) return;
    grant.repaid = grant.repaid.plus(amount);
    this.context.changes.grants.update(grant);
  }

  /** Refunds usage that became debt to a grant that has repaid it. */
  refundRepayment(grant: Grant, amount: Amount, of: RefundOf): void {
    grant.repaid = grant.repaid.minus(amount);
    this.refundToGrant(grant, amount, of);
  }

  /**
   * Refunds usage to a grant. Credits of one that has expired or was voided, or whose account is closed, don't come back to life:
   * they go where its rest went.
   */
  refundToGrant(grant: Grant, amount: Amount, of: RefundOf): void {
    grant.remaining = grant.remaining.plus(amount);
    // One that had repaid debt with all it had, before its time, has something again that will come into effect.
    grant.entered = this.isInEffect(grant);
    if (grant.entered) this.addToPosted(amount);
    if (!this.account.grants.includes(grant)) enterGrant(this.account, grant);
    this.account.freeFrom = 0;
    this.context.changes.grants.update(grant);
    this.bookRefund('grant', amount, of, grant.id);
    this.settleUnpinned(grant, amount, this.now);
  }

  /** Books credits of a grant as lost to their owner: it has expired, or the account is closed. */
  expire(grant: Grant, amount: Amount, at: number): void {
    this.lose(grant, amount);
    this.book({ kind: 'breakage', debit: 'grant', credit: 'breakage', amount, grantId: grant.id, at });
  }

  /**
   * Takes credits out of a grant that has expired: they roll over into a grant of their own as far as they may, and the rest is lost.
   * What rolls over has come into effect before, and so it repays no debt and fills nothing up.
   */
  end(grant: Grant, amount: Amount, at: number): void {
    const rolled = rolledOf(this.account, grant, amount, at);
    for (const earlier of rolled.trimmed) this.expire(earlier.grant, earlier.amount, at);
    if (!rolled.amount.isZero()) this.rollOver(grant, rolled.amount, { at, until: rolled.until });
    const rest = amount.minus(rolled.amount);
    if (!rest.isZero()) this.expire(grant, rest, at);
  }

  /** Gives credits of a grant back to where they came from: it was voided, or the account is closed. */
  takeBack(grant: Grant, amount: Amount, at = this.now): void {
    this.lose(grant, amount);
    const credit = `funding:${grant.category}` as const;
    this.book({ kind: 'grant_void', debit: 'grant', credit, amount, grantId: grant.id, at });
  }

  /**
   * Takes back credits of a purchase whose money goes back to the customer: unpinned ones, and then frozen ones.
   *
   * @returns the transaction's id
   */
  takeBackPurchased(grant: Grant, amount: Amount): string {
    const unfree = amount.minus(smallerOf(amount, grant.remaining.minus(grant.held)));
    if (!unfree.isZero()) this.addToFrozen(grant, unfree.neg());
    this.reduce(grant, amount);
    const credit = `funding:${grant.category}` as const;
    return this.book({ kind: 'purchase_refund', debit: 'grant', credit, amount, grantId: grant.id });
  }

  /**
   * Gives again what was taken back, because the money didn't go back. Credits of a grant that has ended meanwhile go where its rest
   * went.
   *
   * @param corrects the transaction that took it back
   */
  giveAgain(grant: Grant, amount: Amount, corrects: string): void {
    grant.remaining = grant.remaining.plus(amount);
    this.addToPosted(amount);
    if (!this.account.grants.includes(grant)) enterGrant(this.account, grant);
    this.account.freeFrom = 0;
    this.context.changes.grants.update(grant);
    const debit = `funding:${grant.category}` as const;
    this.book({ kind: 'purchase_refund', debit, credit: 'grant', amount, grantId: grant.id, corrects });
    this.settleUnpinned(grant, amount, this.now);
  }

  /** Freezes what is unpinned of a grant. From now on what comes free of it is frozen too, and it doesn't expire. */
  freeze(grant: Grant): void {
    grant.frozenAt ??= this.now;
    this.addToFrozen(grant, grant.remaining.minus(grant.held));
  }

  /** Ends the freezing of a grant. What is left of it is spendable again, for as much longer as it was frozen. */
  unfreeze(grant: Grant): void {
    if (grant.frozenAt === null) return;
    const frozenFor = this.now - grant.frozenAt;
    grant.frozenAt = null;
    this.addToFrozen(grant, grant.frozen.neg());
    this.account.freeFrom = 0;
    if (grant.expiresAt === null) return;
    grant.expiresAt += frozenFor;
    // Notices were given of another time.
    grant.expiryNotices = 0;
    const { grants } = this.account;
    const place = grants.indexOf(grant);
    if (place < 0) return;
    grants.splice(place, 1);
    enterGrant(this.account, grant);
  }

  /** Unpinned credits of a grant that had expired by then or was voided, or whose account is closed, leave it at once. */
  settleUnpinned(grant: Grant, amount: Amount, at = this.now): void {
    const { remainder } = this.account.account.closure;
    const isExpired = hasExpired(grant, at);
    if (grant.voidedAt !== null) this.takeBack(grant, amount, at);
    else if (remainder === 'breakage' || (remainder === 'return' && isExpired)) this.expire(grant, amount, at);
    else if (isExpired) this.end(grant, amount, at);
    else if (remainder === 'return') {
      grant.voidedAt = at;
      this.takeBack(grant, amount, at);
    } else if (grant.frozenAt !== null) this.addToFrozen(grant, amount, at);
  }

  private rollOver(grant: Grant, amount: Amount, { at, until }: { at: number; until: number | null }): void {
    const { period } = grant;
    if (!period) throw new Error(`the grant ${grant.id} is of no period, and does not roll over`);
    const into = newGrant(this.context, this.account, {
      ...grant,
      amount,
      amountPaid: grant.amountPaid && grant.amountPaid.times(amount).div(grant.amount).toDecimalPlaces(12),
      effectiveAt: at,
      expiresAt: until,
      createdAt: at,
      period: { ...period, rollover: null, from: grant.id },
    });
    into.entered = true;
    this.reduce(grant, amount);
    this.addToPosted(amount);
    const grants = { grantId: grant.id, intoGrantId: into.id };
    this.book({ kind: 'rollover', debit: 'grant', credit: 'grant', amount, ...grants, at });
  }

  private get now(): number {
    return timeOf(this.context, this.account);
  }

  /** A grant not yet in effect is in no sum. */
  private isInEffect({ effectiveAt }: Grant): boolean {
    return effectiveAt <= this.now;
  }

  private addToPinned(grant: Grant, amount: Amount): void {
    grant.held = grant.held.plus(amount);
    this.addToHeld(amount);
    this.context.changes.grants.update(grant);
  }

  private addToFrozen(grant: Grant, amount: Amount, at = this.now): void {
    grant.frozen = grant.frozen.plus(amount);
    grant.freezes = withFreeze(grant.freezes, { at, frozen: grant.frozen });
    this.context.changes.grants.updateRare(grant);
    if (!amount.isZero()) this.addToPinned(grant, amount);
  }

  private addToOverdraft(amount: Amount): void {
    if (amount.isZero()) return;
    const { account } = this.account;
    account.overdraftHeld = account.overdraftHeld.plus(amount);
    this.addToHeld(amount);
  }

  private reduce(grant: Grant, amount: Amount): void {
    grant.remaining = grant.remaining.minus(amount);
    if (this.isInEffect(grant)) this.addToPosted(amount.neg());
    this.context.changes.grants.update(grant);
  }

  /** Unlike {@link reduce}, of a grant that has ended, or whose account is closed. */
  private lose(grant: Grant, amount: Amount): void {
    this.reduce(grant, amount);
    const { lost } = this.context.changes;
    lost.set(grant, amount.plus(lost.get(grant) ?? ZERO));
  }

  private addToDebt(amount: Amount): void {
    const { account } = this.account;
    account.debt = account.debt.plus(amount);
    this.addToPosted(amount.neg());
  }

  private addToWrittenOff(amount: Amount): void {
    const { account } = this.account;
    account.writtenOff = account.writtenOff.plus(amount);
    this.context.changes.accounts.updateTerms(this.account);
    this.addToDebt(amount.neg());
  }

  private addToPosted(amount: Amount): void {
    this.account.posted = this.account.posted.plus(amount);
    this.moved();
  }

  private addToHeld(amount: Amount): void {
    this.account.held = this.account.held.plus(amount);
    this.moved();
  }

  private moved(): void {
    this.context.changes.moved.add(this.account);
    this.context.changes.accounts.update(this.account);
  }

  private charge(authorization: Authorization, draw: Draw): void {
    const { account, context } = this;
    if (addUsage(account.account.burnRate, draw.amount, this.now)) {
      context.changes.accounts.updateAlerts(account);
    }
    authorization.committed = authorization.committed.plus(draw.amount);
    this.addToSpent(authorization, draw.amount);
    const { draws } = authorization;
    const last = draws.at(-1);
    if (last?.grantId === draw.grantId && last.transactionId === draw.transactionId) {
      draws[draws.length - 1] = { ...last, amount: last.amount.plus(draw.amount) };
    } else {
      draws.push(draw);
    }
  }

  /** What an authorization is charged counts for the commitment of the period in which it was made. */
  private addToSpent(authorization: Authorization, amount: Amount): void {
    const period = periodOf(this.account.commitments, authorization);
    if (!period) return;
    period.spent = period.spent.plus(amount);
    this.context.changes.commitments.update(period);
  }

  private bookRefund(credit: 'debt' | 'grant', amount: Amount, of: RefundOf, grantId?: string): void {
    const { authorization, corrects, reason } = of;
    if (authorization) this.addToSpent(authorization, amount.neg());
    this.book({
      kind: 'refund',
      debit: 'usage',
      credit,
      amount,
      corrects,
      reason,
      ...(authorization ? { authorizationId: authorization.id } : {}),
      ...(grantId === undefined ? {} : { grantId }),
    });
  }

  /** @returns the transaction's id. */
  private book(booking: Booking): string {
    this.id = bookTransfer(this.context, this.account, { booking, transactionId: this.id });
    return this.id;
  }
}

/** Of several at one instant, the last counts. */
function withFreeze(freezes: readonly Freeze[], freeze: Freeze): readonly Freeze[] {
  return [...freezes.filter(({ at }) => at < freeze.at), freeze];
}

import { type Amount, smallerOf, ZERO } from '#amounts';
import type { Transfer } from '#ledger';
import type { MoneyFact, MoneyKind } from '../facts/money-fact.ts';
import type { MoneyRefund, MoneyRows } from './money-rows.ts';
import { broughtBy, NO_POOL, poolNames, recognised, type MoneyGrant, type Pool } from './pool.ts';

type Row = Pick<MoneyFact, 'transferId' | 'at'>;
type Change = Pick<MoneyFact, 'kind'> & Partial<Pick<MoneyFact, 'credits' | 'money'>>;

/** Takes rows of the journal in, one after the other. */
export class MoneyTally {
  readonly facts: MoneyFact[] = [];
  readonly changed = new Map<string, Pool>();
  private readonly refunds: ReadonlyMap<string, MoneyRefund>;
  /** Money of the refund that is being booked that no transfer stands for yet. */
  private left = ZERO;

  constructor(
    private readonly rows: MoneyRows,
    private readonly pools: ReadonlyMap<string, Pool>,
  ) {
    const booked = rows.refunds.flatMap((one) => (one.transactionId ? [[one.transactionId, one] as const] : []));
    this.refunds = new Map(booked);
  }

  addTransfer(transfer: Transfer): void {
    const { id, createdAt: at, amount, kind } = transfer;
    const row = { transferId: id, at };
    if (transfer.grantId === null) return this.addOfDebt(row, transfer);
    const grant = this.grant(transfer.grantId);
    switch (kind) {
      case 'grant':
        return this.issue(row, grant, amount);
      case 'usage':
        return this.take(row, grant, 'used', amount);
      case 'commitment':
        return this.take(row, grant, 'commitment', amount);
      case 'refund':
        return this.giveBack(row, grant, amount);
      case 'debt_repayment':
        this.take(row, grant, 'debt_repaid', amount);
        return this.addDebt(row, 'debt_repaid', amount);
      case 'breakage':
        return this.take(row, grant, 'expired', amount);
      case 'grant_void':
        return this.takeBack(row, grant, amount);
      case 'rollover':
        return this.rollOver(row, grant, transfer);
      case 'write_off':
        throw new Error(`the write-off ${id} names a grant`);
      case 'purchase_refund':
        return transfer.credit === 'grant' ? this.restore(grant, transfer) : this.takePurchased(grant, transfer);
    }
  }

  /** Of a refund that took nothing back, because nothing was left: the money that goes back had been earned. */
  addRefund({ id, createdAt: at, grants: [first], transactionId, money, currency }: MoneyRefund): void {
    if (transactionId !== null || first === undefined) return;
    const grant = this.grant(first);
    this.push({ transferId: id, at }, grant, currency, { kind: 'returned', money: money.neg() });
    this.push({ transferId: id, at }, grant, currency, { kind: 'reversed', money });
  }

  private addOfDebt(row: Row, { kind, amount, debit }: Transfer): void {
    switch (kind) {
      case 'usage':
        return this.addDebt(row, 'debt_used', amount.neg());
      case 'commitment':
        return this.addDebt(row, 'commitment', amount.neg());
      case 'refund':
        return this.addDebt(row, 'debt_refunded', amount);
      case 'write_off':
        return debit === 'debt'
          ? this.addDebt(row, 'write_off_reversed', amount.neg())
          : this.addDebt(row, 'written_off', amount);
      default:
        throw new Error(`the transfer ${row.transferId} names no grant`);
    }
  }

  private addDebt(row: Row, kind: MoneyKind, credits: Amount): void {
    this.facts.push({ ...row, grantId: null, kind, category: 'debt', currency: '', credits, money: ZERO });
  }

  /** Credits that are added to a purchase later change the price of those that were used before. */
  private issue(row: Row, grant: MoneyGrant, credits: Amount): void {
    const [shared, own] = poolNames(grant);
    if (shared === undefined) return this.push(row, grant, '', { kind: 'granted', credits });
    const brought = broughtBy(grant, this.rows.currency);
    const { currency } = this.named(shared);
    const isForeign = brought !== null && currency !== '' && brought.currency !== currency;
    const name = isForeign && own !== undefined ? own : shared;
    const before = this.named(name);
    const after = {
      ...before,
      currency: before.currency || (brought?.currency ?? ''),
      paid: before.paid.plus(brought?.paid ?? ZERO),
      total: before.total.plus(credits),
    };
    this.changed.set(name, after);
    this.push(row, grant, after.currency, { kind: 'granted', credits, money: brought?.paid ?? ZERO });
    const correction = recognised(before).minus(recognised(after));
    if (!correction.isZero()) this.push(row, grant, after.currency, { kind: 'true_up', money: correction });
  }

  private take(row: Row, grant: MoneyGrant, kind: MoneyKind, amount: Amount): void {
    const { money, currency } = this.recognise(grant, amount);
    this.push(row, grant, currency, { kind, credits: amount.neg(), money: money.neg() });
  }

  private giveBack(row: Row, grant: MoneyGrant, amount: Amount): void {
    const { money, currency } = this.recognise(grant, amount.neg());
    this.push(row, grant, currency, { kind: 'refunded', credits: amount, money: money.neg() });
  }

  /** What was returned stands with the first transfer. Credits that holds let go of later come without money. */
  private takeBack(row: Row, grant: MoneyGrant, amount: Amount): void {
    const { money, currency } = this.recognise(grant, amount);
    const known = this.named(grant.id);
    const returned = grant.category === 'paid' && grant.returned ? grant.returned.minus(known.returned) : ZERO;
    this.push(row, grant, currency, { kind: 'voided', credits: amount.neg(), money: returned.minus(money) });
    if (returned.isZero()) return;
    this.changed.set(grant.id, { ...known, returned: known.returned.plus(returned) });
    this.push(row, grant, currency, { kind: 'returned', money: returned.neg() });
  }

  /** The money moves along. */
  private rollOver(row: Row, grant: MoneyGrant, { amount, intoGrantId }: Transfer): void {
    const { money, currency } = this.recognise(grant, amount);
    this.push(row, grant, currency, { kind: 'rolled_out', credits: amount.neg(), money: money.neg() });
    const into = this.grant(intoGrantId ?? '');
    const [name] = poolNames(into);
    if (name !== undefined) this.changed.set(name, { ...NO_POOL, currency, paid: money, total: amount });
    this.push(row, into, currency, { kind: 'rolled_in', credits: amount, money });
  }

  /** Takes back what money has paid for that is refunded. */
  private takePurchased(grant: MoneyGrant, { id, createdAt: at, transactionId, amount }: Transfer): void {
    const row = { transferId: id, at };
    const { money, currency } = this.recognise(grant, amount);
    const refund = this.refunds.get(transactionId);
    if (refund && id === transactionId) {
      this.left = refund.money;
      this.push(row, grant, currency, { kind: 'returned', money: this.left.neg() });
    }
    const returned = smallerOf(this.left, money);
    this.left = this.left.minus(returned);
    this.push(row, grant, currency, {
      kind: 'purchase_refunded',
      credits: amount.neg(),
      money: returned.minus(money),
    });
    this.reverse(row, grant, refund, 'taken');
  }

  /** Gives again what was taken back, since the money didn't go back. */
  private restore(grant: MoneyGrant, { id, createdAt: at, transactionId, amount, corrects }: Transfer): void {
    const row = { transferId: id, at };
    const { money: given, currency } = this.recognise(grant, amount.neg());
    const money = given.neg();
    const refund = this.refunds.get(corrects ?? '');
    if (refund && id === transactionId) {
      this.left = refund.money;
      this.push(row, grant, currency, { kind: 'returned', money: this.left });
    }
    const returned = smallerOf(this.left, money);
    this.left = this.left.minus(returned);
    this.push(row, grant, currency, { kind: 'restored', credits: amount, money: money.minus(returned) });
    this.reverse(row, grant, refund, 'given');
  }

  /** With its last transfer: what a refund returned beyond the deferred money had been earned. */
  private reverse(row: Row, grant: MoneyGrant, refund: MoneyRefund | undefined, way: 'taken' | 'given'): void {
    if (refund?.taken.at(-1)?.grantId !== grant.id) return;
    const money = way === 'taken' ? this.left : this.left.neg();
    this.left = ZERO;
    if (!money.isZero()) this.push(row, grant, refund.currency, { kind: 'reversed', money });
  }

  /** @returns what of the money the credits are that are gone now, or, where they are negative, that are back */
  private recognise(grant: MoneyGrant, amount: Amount): { readonly money: Amount; readonly currency: string } {
    const name = this.nameOf(grant);
    if (name === null) return { money: ZERO, currency: '' };
    const before = this.named(name);
    const after = { ...before, gone: before.gone.plus(amount) };
    this.changed.set(name, after);
    return { money: recognised(after).minus(recognised(before)), currency: after.currency };
  }

  private nameOf(grant: MoneyGrant): string | null {
    const [shared, own] = poolNames(grant);
    if (shared === undefined) return null;
    return own !== undefined && !this.named(own).total.isZero() ? own : shared;
  }

  private named(name: string): Pool {
    return this.changed.get(name) ?? this.pools.get(name) ?? NO_POOL;
  }

  private grant(id: string): MoneyGrant {
    const grant = this.rows.grants.get(id);
    if (!grant) throw new Error(`the grant ${id} of a transfer is missing`);
    return grant;
  }

  private push({ transferId, at }: Row, { id: grantId, category }: MoneyGrant, currency: string, change: Change): void {
    this.facts.push({ transferId, at, grantId, category, currency, credits: ZERO, money: ZERO, ...change });
  }
}

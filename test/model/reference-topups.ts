import { debtOf, type Entry } from './reference-books.ts';
import { calendarWindow } from './reference-calendar.ts';
import { ownId } from './reference-funding.ts';
import { CAP_PERIODS } from './refill-terms.ts';
import type { ReferencePurchase } from './reference-purchases.ts';
import { ReferencePlans } from './reference-plans.ts';
import type { AccountName, Answer, Requests, TopupAsk } from './requests.ts';
import { larger, proratedUnits, sum, units, type Units } from './units.ts';

/** An account's rule to buy credits, and what has become of it. */
export interface ReferenceTopup {
  readonly account: AccountName;
  readonly terms: TopupAsk;
  /** When it last bought, unless that was not paid. */
  readonly firedAt: number | null;
  readonly declinedAt: number | null;
  readonly declines: number;
  readonly isSuspended: boolean;
  readonly waitsUntil: number | null;
}

const BACK_OFF = 60 * 60_000;
const DECLINES_MAX = 3;
const PACKAGE = { credits: units('10'), bonus: units('10'), price: units('1') };
const CENT = units('0.01');
const NO_DECLINES = { declinedAt: null, declines: 0, isSuspended: false };

/** Rules that buy credits where an account runs low. */
export class ReferenceTopups extends ReferencePlans {
  topups: readonly ReferenceTopup[] = [];
  /** What was booked and held of accounts when their rules looked last. */
  seen: ReadonlyMap<AccountName, string> = new Map();
  /** Accounts of which a payment has ended. */
  paymentsEnded: readonly AccountName[] = [];

  setTopup({ account, rule: terms }: Requests['set_topup']): Answer {
    const refused = this.refusesRefills(account);
    if (refused) return refused;
    const before = this.topupOf(account);
    if (terms === null) {
      this.topups = this.topups.filter((one) => one.account !== account);
      return this.topupView(account);
    }
    const isEnabled = before !== undefined && terms.enabled && !isOn(before);
    const forgets = isEnabled || (before !== undefined && terms.enabled && before.terms.method !== terms.method);
    const { declinedAt, declines, isSuspended } = before && !forgets ? before : NO_DECLINES;
    const firedAt = before && !isEnabled ? before.firedAt : null;
    this.noteTopup({ account, terms, firedAt, declinedAt, declines, isSuspended, waitsUntil: null });
    if (this.looksAtOnce(before, forgets)) this.look(account);
    return this.topupView(account);
  }

  /** An edit waits for the next move of the balance. */
  looksAtOnce(before: ReferenceTopup | undefined, forgets: boolean): boolean {
    return before === undefined || before.waitsUntil !== null || forgets;
  }

  topupOf(account: AccountName): ReferenceTopup | undefined {
    return this.topups.find((one) => one.account === account);
  }

  noteTopup(rule: ReferenceTopup): void {
    this.topups = [...this.topups.filter(({ account }) => account !== rule.account), rule];
  }

  // When it looks at the balance

  /** Called for the accounts of a request, before and after it is decided: looks at what has moved, and where waiting is over. */
  lookAtMoves(accounts: readonly AccountName[]): void {
    for (const account of accounts) {
      const mark = this.markOf(account);
      const isOver = (this.topupOf(account)?.waitsUntil ?? Infinity) <= this.now;
      const hasMoved = this.seen.get(account) !== mark || this.paymentsEnded.includes(account);
      this.seen = new Map(this.seen).set(account, mark);
      if (hasMoved || isOver) this.look(account);
    }
    this.paymentsEnded = [];
  }

  /** Another one where something has moved the balance, even if it moved back. */
  markOf(account: AccountName): string {
    const moves = this.entries.filter((one) => one.account === account && this.movesBalance(one));
    return `${moves.length} ${this.held(account)} ${this.posted(account)}`;
  }

  /** What is booked of a grant before it comes into effect moves nothing, but for what it repays. */
  movesBalance({ debit, credit, at, account }: Entry): boolean {
    const isInEffect = this.grants.some(({ name, effectiveAt }) => [debit, credit].includes(name) && effectiveAt <= at);
    return isInEffect || [debit, credit].includes(debtOf(account));
  }

  look(account: AccountName): void {
    const found = this.topupOf(account);
    if (!found) return;
    const isOver = found.waitsUntil !== null && found.waitsUntil <= this.now;
    const rule = isOver ? { ...found, waitsUntil: null } : found;
    this.noteTopup(rule);
    const { terms } = rule;
    if (!isOn(rule) || this.underWay(account) || this.accountOf(account).status !== 'active') return;
    const balance = this.balanceFor(terms, account);
    if (!this.isLow(terms, balance)) return;
    const order = orderOf(terms, balance);
    const from = this.mayBuyFrom(rule);
    const waitsUntil = from > this.now ? from : this.cappedUntil(rule, order.credits);
    if (waitsUntil !== null) return this.noteTopup({ ...rule, waitsUntil });
    const automatic = this.boughtBy(account);
    const name = `${account}/auto#${automatic.length}`;
    this.beginPurchase({ name, account, ...order, lifetime: terms.lifetime, automatic: terms.method });
    this.noteTopup({ ...rule, firedAt: this.now, waitsUntil: null });
  }

  balanceFor({ on }: TopupAsk, account: AccountName): Units {
    return this.posted(account) - (on === 'available' ? this.held(account) : 0n);
  }

  isLow({ threshold }: TopupAsk, balance: Units): boolean {
    return balance <= units(threshold);
  }

  mayBuyFrom({ firedAt, declinedAt, terms }: ReferenceTopup): number {
    const cool = firedAt === null ? 0 : firedAt + terms.cooldown;
    return Math.max(cool, declinedAt === null ? 0 : declinedAt + BACK_OFF);
  }

  /** When the running day, week or month ends, if it has no room for more. */
  cappedUntil({ account, terms }: ReferenceTopup, credits: Units): number | null {
    const { begin, end } = calendarWindow(CAP_PERIODS[account], this.now);
    const counting = this.boughtBy(account).filter(
      ({ createdAt, payment }) => begin <= createdAt && createdAt < end && payment !== 'failed',
    );
    const { count, amount } = terms.most;
    const bought = sum(counting, (one) => one.credits);
    return counting.length + 1 > count || (amount !== null && bought + credits > units(amount)) ? end : null;
  }

  boughtBy(account: AccountName): ReferencePurchase[] {
    return this.purchases.filter((one) => one.account === account && one.automatic !== null);
  }

  // What becomes of payments

  override failPayment(purchase: ReferencePurchase, failure: string): void {
    const wasUnderWay = purchase.payment === 'pending';
    super.failPayment(purchase, failure);
    if (!wasUnderWay) return;
    this.paymentsEnded = [...this.paymentsEnded, purchase.account];
    const rule = this.topupOf(purchase.account);
    if (!rule || purchase.automatic === null || this.accountOf(purchase.account).status === 'closed') return;
    if (failure === 'amount_mismatch') this.noteTopup(afterTrouble(rule));
    // What was declined of another card says nothing about this one.
    else if (purchase.automatic === rule.terms.method) this.noteTopup(this.afterDecline(rule));
  }

  afterDecline(rule: ReferenceTopup): ReferenceTopup {
    const declines = rule.declines + 1;
    const isSuspended = rule.isSuspended || declines >= DECLINES_MAX;
    return { ...rule, firedAt: null, declinedAt: this.now, declines, isSuspended };
  }

  override deliver(purchase: ReferencePurchase): void {
    super.deliver(purchase);
    this.paymentsEnded = [...this.paymentsEnded, purchase.account];
    const rule = this.topupOf(purchase.account);
    if (!rule || this.accountOf(purchase.account).status === 'closed') return;
    this.noteTopup(this.afterSuccess(rule, purchase));
  }

  /** After trouble with a payment, only somebody who pays by hand sets it going again. */
  afterSuccess(rule: ReferenceTopup, { automatic }: ReferencePurchase): ReferenceTopup {
    const isResumed = rule.declines > 0 || (rule.isSuspended && automatic === null);
    return isResumed ? { ...rule, ...NO_DECLINES, waitsUntil: null } : rule;
  }

  /** The rule doesn't take again what has gone back. */
  override afterReturn(account: AccountName): void {
    const rule = this.topupOf(account);
    if (!rule || this.accountOf(account).status === 'closed') return;
    if (this.isLow(rule.terms, this.balanceFor(rule.terms, account))) this.noteTopup(afterTrouble(rule));
  }

  topupView(account: AccountName): Answer {
    const rule = this.topupOf(account);
    const underWay = this.underWay(account)?.name ?? null;
    return { code: 'ok', topupOf: ownId(account), rule: rule ? topupFigures(rule) : null, underWay };
  }
}

export function topupFigures({ firedAt, declinedAt, declines, isSuspended, waitsUntil }: ReferenceTopup): object {
  return { firedAt, declinedAt, declines, isSuspended, waitsUntil };
}

function isOn({ terms, isSuspended }: ReferenceTopup): boolean {
  return terms.enabled && !isSuspended;
}

/** Money was taken and nothing is granted, or it went back: somebody has to look at it. */
function afterTrouble(rule: ReferenceTopup): ReferenceTopup {
  return rule.terms.enabled ? { ...rule, ...NO_DECLINES, isSuspended: true, waitsUntil: null } : rule;
}

/** A credit costs ten cents. */
function orderOf({ buys }: TopupAsk, balance: Units): Pick<ReferencePurchase, 'credits' | 'bonus' | 'price'> {
  if (buys === 'package') return PACKAGE;
  const credits = 'amount' in buys ? units(buys.amount) : units(buys.target) - balance;
  const cents = proratedUnits(credits * 10n, 1, Number(units('1')));
  return { credits, bonus: 0n, price: larger(cents, 1n) * CENT };
}

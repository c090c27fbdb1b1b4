import { debtOf, type ReferenceAuthorization } from './reference-books.ts';
import { ReferenceAdjustments } from './reference-adjustments.ts';
import type { AccountName } from './requests.ts';
import { larger, proratedUnits, smaller, sum, type Units } from './units.ts';
import { EPOCH } from './world.ts';

/** A month of a commitment, or the rest of one. */
export interface ReferencePeriod {
  readonly account: AccountName;
  readonly start: number;
  readonly end: number;
  /** How many authorizations the account had when it began; they don't count. */
  readonly after: number;
  amount: Units;
  settled: boolean;
  uncollected: Units;
  /** Places of what was charged, among the account's entries. */
  charges: readonly number[];
}

/** What accounts commit to spend in a month, and what is charged where they don't. */
export class ReferenceCommitments extends ReferenceAdjustments {
  periods: ReferencePeriod[] = [];

  // What is owed

  /** @param before what the commitment was; a new amount counts for the rest of the month */
  changeCommitment(name: AccountName, before: Units | null): void {
    const { commitment } = this.accountOf(name);
    if (commitment === before) return;
    const running = this.periods.find((one) => one.account === name && !one.settled);
    if (!running) this.openPeriod(name, this.now);
    else if (commitment === null) running.amount = 0n;
    else {
      const month = monthOf(running.start);
      const change = proratedUnits(commitment - (before ?? 0n), running.end - this.now, month.end - month.start);
      running.amount = larger(0n, running.amount + change);
    }
  }

  openPeriod(account: AccountName, start: number): void {
    const { commitment } = this.accountOf(account);
    if (commitment === null) return;
    const month = monthOf(start);
    const amount = proratedUnits(commitment, month.end - start, month.end - month.start);
    const after = this.authorizations.filter((one) => one.account === account).length;
    this.periods.push({ account, start, end: month.end, after, amount, settled: false, uncollected: 0n, charges: [] });
  }

  periodOf(one: ReferenceAuthorization): ReferencePeriod | undefined {
    return this.periods.find((period) => this.madeIn(period).includes(one));
  }

  madeIn({ account, start, end, after }: ReferencePeriod): ReferenceAuthorization[] {
    const own = this.authorizations.filter((one) => one.account === account);
    return own.slice(after).filter(({ createdAt }) => start <= createdAt && createdAt < end);
  }

  spent(period: ReferencePeriod): Units {
    return sum(this.madeIn(period), (one) => this.committed(one) - this.refunded(one));
  }

  missing(period: ReferencePeriod): Units {
    return larger(0n, period.amount - this.spent(period));
  }

  /** Charged and not set off. */
  charged(period: ReferencePeriod): Units {
    return sum(this.chargesOf(period), (entry) => entry.amount - this.amountOf(entry, 'corrects'));
  }

  chargesOf({ account, charges }: ReferencePeriod) {
    return this.entries.filter((entry) => entry.account === account && charges.includes(entry.no));
  }

  // What time does

  override instantsUntil(time: number): number[] {
    const ends = this.periods.filter(({ settled, end }) => !settled && end <= time).map(({ end }) => end - 1);
    return [...super.instantsUntil(time), ...ends];
  }

  override passInstant(time: number): void {
    super.passInstant(time);
    for (const period of [...this.periods]) {
      if (period.settled || period.end > time || period.end - 1 !== this.now) continue;
      this.settlePeriod(period);
      this.openPeriod(period.account, period.end);
    }
  }

  settlePeriod(period: ReferencePeriod): void {
    const { account: name } = period;
    const { overage, limit } = this.accountOf(name);
    const anything = { account: name, usage: [], tags: {} };
    const shortfall = this.missing(period);
    const charged = smaller(shortfall, larger(0n, this.availableTo(anything) + (overage === 'debt' ? limit : 0n)));
    const parts = this.pick(anything, charged);
    const before = this.entries.filter(({ account }) => account === name).length;
    for (const { grant, amount } of parts) {
      this.book('commitment', { account: name }, grant ?? debtOf(name), 'usage', amount);
    }
    period.charges = parts.map((_, at) => before + at);
    period.uncollected = shortfall - charged;
    period.settled = true;
    // The month's last instant has another balance now than it was seen to have.
    this.moments = this.moments.filter(({ account, at }) => account !== name || at !== this.now);
  }

  // What lands late

  /**
   * By what was charged for the shortfall. A refund since has left less charged than is missing now; late usage fills that gap
   * before anything is set off.
   */
  override paidBefore(one: ReferenceAuthorization, held: Units, excess: Units): Units {
    const period = this.periodOf(one);
    if (!period?.settled) return 0n;
    const missing = larger(0n, this.missing(period) - held);
    const gap = larger(0n, missing - this.charged(period) - period.uncollected);
    return smaller(this.charged(period), larger(0n, excess - gap));
  }

  /** What paid for the shortfall pays for the usage; nothing comes back in between. */
  override takeOver(one: ReferenceAuthorization, amount: Units): void {
    const period = this.periodOf(one);
    if (!period || amount === 0n) return;
    let left = amount;
    for (const { no, debit, amount: charged } of this.chargesOf(period)) {
      const part = smaller(left, charged - this.amountOf({ account: one.account, no }, 'corrects'));
      this.book('usage', one, debit, 'usage', part, { authorization: one.name });
      this.book('refund', one, 'usage', debit, part, { corrects: no });
      left -= part;
    }
  }

  override setOff(one: ReferenceAuthorization): void {
    const period = this.periodOf(one);
    if (!period?.settled) return;
    const surplus = larger(0n, this.charged(period) + period.uncollected - this.missing(period));
    const ofUncollected = smaller(surplus, period.uncollected);
    period.uncollected -= ofUncollected;
    let left = surplus - ofUncollected;
    for (const charge of this.chargesOf(period).toReversed()) {
      const part = smaller(left, charge.amount - this.amountOf(charge, 'corrects'));
      this.giveBack({ account: period.account, name: null }, charge, part);
      left -= part;
    }
  }
}

/** Accounts of the model live by UTC. */
function monthOf(at: number): { readonly start: number; readonly end: number } {
  const date = new Date(EPOCH + at);
  const startOf = (months: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months) - EPOCH;
  return { start: startOf(0), end: startOf(1) };
}

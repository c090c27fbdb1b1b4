import { debtOf, fundingOf, type ReferenceGrant } from './reference-books.ts';
import type { PlanName, RecurringTermsAsk } from './refill-terms.ts';
import { periodAround } from './reference-calendar.ts';
import { noAccount, ownId, refusal } from './reference-funding.ts';
import { ReferencePurchases } from './reference-purchases.ts';
import type { AccountName, Answer, ObjectName, Requests } from './requests.ts';
import { larger, proratedUnits, smaller, sum, text, units, type Units } from './units.ts';

/** An account's credits of every period. */
export interface ReferenceRecurringGrant {
  readonly account: AccountName;
  readonly name: string;
  /** The plan that has brought it. */
  readonly plan: PlanName | null;
  readonly terms: RecurringTermsAsk;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly anchor: number;
  /** No period begins before. */
  readonly from: number;
  readonly isPaused: boolean;
  readonly isDeleted: boolean;
  readonly last: {
    readonly start: number;
    readonly end: number;
    readonly amount: Units;
    readonly grant: ObjectName | null;
  } | null;
}

/** Credits of every period: granted when it begins, and gone, or rolled over, when it ends. */
export class ReferenceRecurring extends ReferencePurchases {
  recurring: readonly ReferenceRecurringGrant[] = [];

  putRecurring({ account, name, terms, startsAt, endsAt, anchor }: Requests['put_recurring']): Answer {
    const refused = this.refusesRefills(account);
    if (refused) return refused;
    const earlier = this.recurringOf(account, name);
    const there = earlier?.isDeleted ? undefined : earlier;
    const begins = startsAt ?? there?.startsAt ?? this.now;
    const last = earlier && (there || (earlier.last?.end ?? 0) > this.now) ? earlier.last : null;
    const goesOn = there?.startsAt === begins && isSameRhythm(there.terms, terms);
    const put: ReferenceRecurringGrant = {
      ...{ account, name, terms, plan: null, startsAt: begins, endsAt, last, isDeleted: false },
      anchor: anchor ?? (goesOn ? there.anchor : Math.max(begins, last?.end ?? begins)),
      from: there?.from ?? this.now,
      isPaused: there?.isPaused ?? false,
    };
    // It may have ended before, or not have begun yet.
    const asOfNow = { ...put, from: Math.max(put.from, this.now) };
    this.replace(put.isPaused || this.nextStart(asOfNow) === null ? put : asOfNow);
    this.grantPeriods();
    return this.recurringView(account, name, there === undefined);
  }

  changeRecurring({ account, name, change }: Requests['change_recurring']): Answer {
    if (!this.accounts.some((one) => one.name === account)) return noAccount(account);
    const there = this.recurringOf(account, name);
    if (!there || there.isDeleted) return refusal('recurring_grant_not_found');
    if (change === 'delete') this.replace({ ...there, isDeleted: true, isPaused: false });
    else if (change === 'pause') this.replace({ ...there, isPaused: true });
    else if (there.isPaused) this.replace({ ...there, isPaused: false, from: this.resumesAt(there) });
    this.grantPeriods();
    return this.recurringView(account, name, false);
  }

  /** Periods that began while it was paused are never granted. */
  resumesAt(one: ReferenceRecurringGrant): number {
    const earliest = earliestStart(one);
    if (earliest >= this.now) return earliest;
    const { begin, end } = periodAround(one.terms, one.anchor, this.now);
    return begin === this.now ? begin : end;
  }

  refusesRefills(account: AccountName): Answer | null {
    const there = this.accounts.find(({ name }) => name === account);
    if (!there) return noAccount(account);
    return there.status === 'closed' ? { ...refusal('account_closed'), account: ownId(account) } : null;
  }

  recurringOf(account: AccountName, name: string): ReferenceRecurringGrant | undefined {
    return this.recurring.find((one) => one.account === account && one.name === name);
  }

  /** In the place of the one of its name. A name that was deleted is forgotten once its last period is over. */
  replace(put: ReferenceRecurringGrant): void {
    const { account, name } = put;
    const known = this.recurring.filter(({ isDeleted, last }) => !isDeleted || (last !== null && last.end > this.now));
    const isThere = known.some((one) => one.account === account && one.name === name);
    this.recurring = isThere
      ? known.map((one) => (one.account === account && one.name === name ? put : one))
      : [...known, put];
  }

  /** When its next period begins. */
  nextStart(one: ReferenceRecurringGrant): number | null {
    if (one.isDeleted || one.isPaused || this.accountOf(one.account).status === 'closed') return null;
    const at = earliestStart(one);
    return one.endsAt !== null && at >= one.endsAt ? null : at;
  }

  // What time does

  override instantsUntil(time: number): number[] {
    const starts = this.recurring.flatMap((one) => this.nextStart(one) ?? []);
    return [...super.instantsUntil(time), ...starts.filter((at) => at > this.now && at <= time)];
  }

  override passInstant(time: number): void {
    super.passInstant(time);
    this.grantPeriods();
  }

  /** Those that begin now. */
  grantPeriods(): void {
    for (const one of this.recurring) {
      if (this.nextStart(one) === this.now) this.replace({ ...one, last: this.grantPeriod(one) });
    }
  }

  grantPeriod(one: ReferenceRecurringGrant): ReferenceRecurringGrant['last'] {
    const { terms, anchor } = one;
    const { begin, end } = periodAround(terms, anchor, this.now);
    const whole = units(terms.amount);
    const amount = terms.prorateFirst ? proratedUnits(whole, end - this.now, end - begin) : whole;
    return { start: this.now, end, amount, grant: this.grantOf(one, amount, end)?.name ?? null };
  }

  grantOf(
    { account, name, terms, anchor }: Pick<ReferenceRecurringGrant, 'account' | 'name' | 'terms' | 'anchor'>,
    amount: Units,
    end: number,
  ): ReferenceGrant | null {
    if (amount === 0n) return null;
    const { category, priority, scope, expires, rollover } = terms;
    const label = `${account}/${name}@${this.now}`;
    const sameInstant = this.grants.filter((one) => one.name.startsWith(label) && one.period?.isRolled === false);
    const grant: ReferenceGrant = {
      ...{ name: label.padEnd(label.length + sameInstant.length, '+'), account, amount, category, priority, scope },
      voidedAt: null,
      ...{ effectiveAt: this.now, createdAt: this.now },
      expiresAt: expires === 'never' ? null : expires === 'end_of_period' ? end : this.now + expires,
      period: {
        name,
        isRolled: false,
        rollover: rollover && {
          max: rollover.max === null ? null : units(rollover.max),
          percent: rollover.percent ?? 100,
          until: rollover.periods === null ? null : endAfter(terms, anchor, end, rollover.periods),
        },
      },
    };
    this.grants.push(grant);
    this.book('grant', grant, fundingOf(grant), grant.name, amount);
    this.book('debt_repayment', grant, grant.name, debtOf(account), smaller(amount, this.debt(account)));
    return grant;
  }

  // What is left

  /** Credits of a period that is over roll over, as far as they may. */
  override takeBack(grant: ReferenceGrant, amount: Units): void {
    const isEnding = this.hasExpired(grant) && grant.voidedAt === null && this.remainderOf(grant) === null;
    const rolled = isEnding && amount > 0n ? this.rollOver(grant, amount) : 0n;
    super.takeBack(grant, amount - rolled);
  }

  rollOver(grant: ReferenceGrant, amount: Units): Units {
    const { period } = grant;
    if (!period?.rollover) return 0n;
    const { until } = period.rollover;
    if (until !== null && until <= this.now) return 0n;
    const rolled = this.makeRoomFor(grant, period.name, this.rolledPart(period.rollover, amount), period.rollover.max);
    if (rolled === 0n) return 0n;
    const name = `${grant.name}~${this.now}`;
    // What several holds let go of at once is one grant here.
    if (!this.grants.some((one) => one.name === name)) {
      const times = { effectiveAt: this.now, createdAt: this.now, expiresAt: until };
      const origin = { name: period.name, isRolled: true, rollover: null };
      this.grants.push({ ...grant, name, amount: rolled, ...times, period: origin });
    }
    this.book('rollover', grant, grant.name, name, rolled);
    return rolled;
  }

  rolledPart({ percent, max }: { readonly percent: number; readonly max: Units | null }, amount: Units): Units {
    const part = proratedUnits(amount, percent, 100);
    return max === null ? part : smaller(part, max);
  }

  /** Trims what has rolled over before, the oldest first, unless a hold has it. @returns how much there is room for */
  makeRoomFor({ account }: ReferenceGrant, name: string, wanted: Units, max: Units | null): Units {
    if (max === null) return wanted;
    const earlier = this.grants
      .filter((one) => one.account === account && one.period?.isRolled && one.period.name === name)
      .filter((one) => !this.isOver(one))
      .toSorted((a, b) => a.effectiveAt - b.effectiveAt);
    let excess = larger(0n, sum(earlier, (one) => this.remaining(one)) + wanted - max);
    for (const one of earlier) {
      const trimmed = smaller(excess, this.free(one));
      this.book('breakage', one, one.name, 'breakage', trimmed);
      excess -= trimmed;
    }
    return larger(0n, wanted - excess);
  }

  recurringView(account: AccountName, name: string, created: boolean): Answer {
    const one = this.recurringOf(account, name);
    if (!one) return { code: 'ok', recurring: name, account: ownId(account), created };
    return { code: 'ok', recurring: name, account: ownId(account), created, ...this.recurringFigures(one) };
  }

  recurringFigures(one: ReferenceRecurringGrant): object {
    const { terms, last, isPaused } = one;
    return {
      amount: terms.amount,
      isPaused,
      next: this.nextStart(one),
      last: last && { ...last, amount: text(last.amount) },
    };
  }
}

function earliestStart({ startsAt, from, last }: ReferenceRecurringGrant): number {
  return Math.max(startsAt, from, last?.end ?? 0);
}

/** When so many periods are over after one that ends then. */
function endAfter(terms: RecurringTermsAsk, anchor: number, end: number, periods: number): number {
  let at = end;
  for (let passed = 0; passed < periods; passed += 1) at = periodAround(terms, anchor, at).end;
  return at;
}

export function isSameRhythm(a: RecurringTermsAsk, b: RecurringTermsAsk): boolean {
  return a.interval === b.interval && a.every === b.every;
}

import { fundingOf } from './reference-books.ts';
import { periodAround } from './reference-calendar.ts';
import { ownId } from './reference-funding.ts';
import { PLANS, type PlanAsk, type PlanName } from './refill-terms.ts';
import { isSameRhythm, ReferenceRecurring, type ReferenceRecurringGrant } from './reference-recurring.ts';
import type { AccountName, Answer, Requests } from './requests.ts';
import { larger, proratedUnits, smaller, sum, text, units, type Units } from './units.ts';

/** The plan of an account. */
export interface ReferencePlan {
  readonly account: AccountName;
  readonly current: PlanName | null;
  readonly next: { readonly to: PlanName | null; readonly at: number } | null;
  /** The overdraft limit that it has of its own, while its plan says another. */
  readonly ownLimit: Units | null;
  readonly budgets: readonly string[];
  /** What was granted for time after an allowance was left, and couldn't be taken back. */
  readonly advances: readonly ReferenceAdvance[];
}

interface ReferenceAdvance {
  readonly plan: PlanName;
  readonly name: string;
  readonly amount: Units;
  readonly until: number;
}

interface Change {
  readonly account: AccountName;
  readonly plan: PlanName;
  readonly isProrated: boolean;
  readonly planned: readonly ReferenceRecurringGrant[];
  readonly lead: ReferenceRecurringGrant | undefined;
}

/** Plans: what accounts get by one call, and what becomes of it when they change. */
export class ReferencePlans extends ReferenceRecurring {
  plans: readonly ReferencePlan[] = [];

  setPlan({ account, plan: to, effective, prorate }: Requests['set_plan']): Answer {
    const refused = this.refusesRefills(account);
    if (refused) return refused;
    const before = this.planOf(account);
    const end = this.leadOf(account)?.last?.end ?? this.now;
    if (before.current === to && !before.next) return this.planView(account);
    if (before.current === to) this.notePlan({ ...before, next: null });
    else if (effective === 'next_period' && end > this.now) this.notePlan({ ...before, next: { to, at: end } });
    else {
      this.changePlan(account, to, prorate);
      this.grantPeriods();
    }
    return this.planView(account);
  }

  planOf(account: AccountName): ReferencePlan {
    const none = { account, current: null, next: null, ownLimit: null, budgets: [], advances: [] };
    return this.plans.find((one) => one.account === account) ?? none;
  }

  notePlan(plan: ReferencePlan): void {
    this.plans = [...this.plans.filter(({ account }) => account !== plan.account), plan];
  }

  override instantsUntil(time: number): number[] {
    const changes = this.plans.flatMap(({ next }) => next?.at ?? []);
    return [...super.instantsUntil(time), ...changes.filter((at) => at > this.now && at <= time)];
  }

  override grantPeriods(): void {
    for (const { account, next } of this.plans) {
      if (next && next.at <= this.now) this.changePlan(account, next.to, false);
    }
    super.grantPeriods();
  }

  changePlan(account: AccountName, to: PlanName | null, isProrated: boolean): void {
    const before = this.planOf(account);
    const after = { ...before, ...this.setTerms(before, to), current: to, next: null };
    const planned = this.plannedOf(account);
    const lead = this.leadOf(account);
    this.notePlan({ ...after, advances: before.advances.filter(({ until }) => until > this.now) });
    const known = this.recurring;
    const settled = isProrated ? [...planned, ...this.leftUnsettled(account, to)] : [];
    for (const one of settled) this.takeBackShare(one);
    for (const one of planned) this.replace(ended(one, isProrated));
    for (const allowance of to ? PLANS[to].allowances : []) {
      const earlier = known.find((one) => one.account === account && one.name === allowance.name);
      const isOwn = earlier && !earlier.isDeleted && !planned.includes(earlier);
      if (to && !isOwn) this.begin({ account, plan: to, isProrated, planned, lead }, allowance, earlier);
    }
  }

  /** The overdraft limit and the budgets. What somebody has set meanwhile is the account's own. */
  setTerms(before: ReferencePlan, to: PlanName | null): Pick<ReferencePlan, 'ownLimit' | 'budgets'> {
    const account = this.accountOf(before.account);
    const [said, wanted] = [limitOf(before.current), limitOf(to)];
    const own = said === account.limit ? (before.ownLimit ?? 0n) : account.limit;
    account.limit = wanted ?? own;
    const brought = this.budgets.filter((one) => one.account === account.name && before.budgets.includes(one.name));
    const others = this.budgets.filter((one) => !brought.includes(one));
    const set = (to ? PLANS[to].budgets : [])
      .filter(({ name }) => !others.some((one) => one.account === account.name && one.name === name))
      .map(({ name, amount }) => ({
        ...({ account: account.name, name, amount: units(amount), period: 'day', mode: 'hard' } as const),
        ...{ scope: {}, per: null, zone: null, until: null },
        raise: brought.find((one) => one.name === name)?.raise ?? null,
      }));
    this.budgets = [...others, ...set];
    return { ownLimit: wanted === null ? null : own, budgets: set.map(({ name }) => name) };
  }

  plannedOf(account: AccountName): ReferenceRecurringGrant[] {
    const { current } = this.planOf(account);
    return this.recurring.filter(
      (one) => one.account === account && one.plan === current && !one.isDeleted && current !== null,
    );
  }

  /** The allowance whose periods are the plan's: the first that is in one, or has just ended one. */
  leadOf(account: AccountName): ReferenceRecurringGrant | undefined {
    const { current } = this.planOf(account);
    const planned = this.plannedOf(account);
    const inOrder = (current ? PLANS[current].allowances : []).map(({ name }) =>
      planned.find((one) => one.name === name),
    );
    return inOrder.find((one) => one?.last && one.last.end >= this.now);
  }

  /** Those that come again by their names, and may have granted the time left too. */
  leftUnsettled(account: AccountName, to: PlanName | null): ReferenceRecurringGrant[] {
    const names = (to ? PLANS[to].allowances : []).map(({ name }) => name);
    return this.recurring.filter((one) => one.account === account && one.isDeleted && names.includes(one.name));
  }

  /** Of a running period, what goes with the time that is left, but nothing that is spent or held. */
  takeBackShare({ account, plan, name, last }: ReferenceRecurringGrant): void {
    if (!last || last.end <= this.now) return;
    const share = proratedUnits(last.amount, last.end - this.now, last.end - last.start);
    const grant = this.grants.find((one) => one.name === last.grant);
    const taken = grant && this.isSpendable(grant) ? smaller(share, this.free(grant)) : 0n;
    if (grant) this.book('grant_void', grant, grant.name, fundingOf(grant), taken);
    if (plan) this.addAdvance(account, { plan, name, until: last.end, amount: share - taken });
  }

  addAdvance(account: AccountName, added: ReferenceAdvance): void {
    const { amount: earlier } = this.advanceOf(account, added);
    this.setAdvance(account, { ...added, amount: earlier + added.amount });
  }

  advanceOf(account: AccountName, of: Pick<ReferenceAdvance, 'plan' | 'name'>): ReferenceAdvance {
    const isSame = (one: ReferenceAdvance): boolean => one.plan === of.plan && one.name === of.name;
    return this.planOf(account).advances.find(isSame) ?? { ...of, amount: 0n, until: 0 };
  }

  setAdvance(account: AccountName, advance: ReferenceAdvance): void {
    const plan = this.planOf(account);
    const others = plan.advances.filter((one) => one.plan !== advance.plan || one.name !== advance.name);
    this.notePlan({ ...plan, advances: advance.amount === 0n ? others : [...others, advance] });
  }

  /** Begins an allowance, or goes on with the one of its name. */
  begin(
    change: Change,
    { name, terms }: PlanAsk['allowances'][number],
    earlier: ReferenceRecurringGrant | undefined,
  ): void {
    const { account, plan, lead, isProrated, planned } = change;
    const kept = earlier && planned.includes(earlier) ? earlier : null;
    const one: ReferenceRecurringGrant = {
      ...{ account, name, terms, plan, endsAt: null, anchor: this.now, isDeleted: false, last: earlier?.last ?? null },
      ...{ startsAt: kept?.startsAt ?? this.now, from: kept?.from ?? this.now, isPaused: kept?.isPaused ?? false },
    };
    const runs = (other: ReferenceRecurringGrant | undefined): boolean => (other?.last?.end ?? 0) > this.now;
    const followsLead = lead?.last && isSameRhythm(lead.terms, terms);
    if (earlier && runs(earlier)) this.goOn(one, earlier, isProrated, true);
    else if (kept && isSameRhythm(kept.terms, terms)) this.replace({ ...one, anchor: kept.anchor });
    else if (followsLead && isProrated && runs(lead)) this.goOn(one, lead, true, false);
    else if (followsLead && lead.last.end === this.now) this.replace({ ...one, anchor: lead.anchor });
    else this.replace(one);
  }

  /** It goes on with the running period of its name, or of the allowance that the plan before was counted by. */
  goOn(given: ReferenceRecurringGrant, other: ReferenceRecurringGrant, isProrated: boolean, isItsOwn: boolean): void {
    const { start, end } = other.last ?? { start: 0, end: 0 };
    const anchor = isSameRhythm(other.terms, given.terms) ? other.anchor : end;
    const one = { ...given, anchor, from: Math.max(given.from, end) };
    if (!isProrated) return this.replace(one);
    const from = isItsOwn ? start : this.now;
    const before = periodAround(one.terms, anchor, end - 1);
    const amount = proratedUnits(units(one.terms.amount), end - from, end - before.begin);
    const share = this.lessAdvanced(one, proratedUnits(amount, end - this.now, end - from));
    const grant = this.grantOf(one, share, end);
    this.replace(grant || isItsOwn ? { ...one, last: { start: from, end, amount, grant: grant?.name ?? null } } : one);
  }

  /** What was granted in advance counts now. */
  lessAdvanced({ account, plan, name }: ReferenceRecurringGrant, share: Units): Units {
    if (!plan) return share;
    const advance = this.advanceOf(account, { plan, name });
    this.setAdvance(account, { ...advance, amount: larger(0n, advance.amount - share) });
    return larger(0n, share - advance.amount);
  }

  planView(account: AccountName): Answer {
    const { current, next } = this.planOf(account);
    const limit = text(this.accountOf(account).limit);
    return { code: 'ok', planOf: ownId(account), plan: current, next, limit, ...this.advancesOf(account) };
  }

  /** By plan and name, what has been granted in advance. */
  advancesOf(account: AccountName): { readonly advances: Readonly<Record<string, string>> } {
    const all = this.planOf(account).advances;
    const byName = Map.groupBy(all, ({ plan, name }) => `${plan}/${name}`);
    return {
      advances: Object.fromEntries(
        Array.from(byName, ([label, some]) => [label, text(sum(some, ({ amount }) => amount))]),
      ),
    };
  }
}

/** What was taken back isn't taken back once more. */
function ended(one: ReferenceRecurringGrant, isProrated: boolean): ReferenceRecurringGrant {
  const last = isProrated && one.last ? { ...one.last, amount: 0n, grant: null } : one.last;
  return { ...one, last, isDeleted: true, isPaused: false };
}

function limitOf(plan: PlanName | null): Units | null {
  const limit = plan && PLANS[plan].limit;
  return limit === null ? null : units(limit);
}

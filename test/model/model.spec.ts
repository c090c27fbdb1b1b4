import { randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkModel } from './check-model.ts';
import type { CountedIn, ReferenceAuthorization, ReferenceGrant } from './reference-books.ts';
import { ReferenceLedger } from './reference-ledger.ts';
import type { ReferencePurchase } from './reference-purchases.ts';
import type { ReferenceRecurringGrant } from './reference-recurring.ts';
import type { ReferenceTopup } from './reference-topups.ts';
import type { AccountName, Answer, Sent, Told } from './requests.ts';

/** The same sequences every time, so that a change is to blame when they fail; `MODEL_SEED=random` looks for new ones. */
const { MODEL_SEED = '609728741' } = process.env;
const seed = MODEL_SEED === 'random' ? randomInt(2 ** 30) : Number(MODEL_SEED);
/** So few take minutes, and meet most kinds of answers; more of them look further. */
const runs = Number(process.env['MODEL_RUNS'] ?? 700);

describe('the service and the reference', () => {
  it(
    `answer ${runs} random sequences alike, and keep the same books (MODEL_SEED=${seed})`,
    () => checkModel({ seed, runs }),
    300_000 + 200 * runs,
  );

  it(
    `answer ${runs / 2} of them alike where one process has decided everything and knows it`,
    () => checkModel({ seed, runs: runs / 2, processes: 1 }),
    300_000 + 100 * runs,
  );

  it(
    `answer ${runs / 2} of them alike where the database's clock stands still and test clocks are advanced`,
    () => checkModel({ seed, runs: runs / 2, time: 'test' }),
    300_000 + 100 * runs,
  );
});

/** Ledgers that are wrong in one place: a model that doesn't tell them from the service tests nothing. */
class SpendsTheLastFirst extends ReferenceLedger {
  override burnDown(grants: readonly ReferenceGrant[]): ReferenceGrant[] {
    return super.burnDown(grants).toReversed();
  }
}

class HoldsAMomentLonger extends ReferenceLedger {
  override hasLapsed(one: ReferenceAuthorization): boolean {
    return super.hasLapsed(one) && (one.expiresAt ?? 0) < this.now;
  }
}

class LendsOutWhatIsPinned extends ReferenceLedger {
  override free(grant: ReferenceGrant): bigint {
    return this.remaining(grant);
  }
}

class ForgetsItsAnswers extends ReferenceLedger {
  override submit(sent: Sent, no: number, told: Answer | null): Told {
    return super.submit({ ...sent, key: null }, no, told);
  }
}

class ForgivesShortfalls extends ReferenceLedger {
  override missing(): bigint {
    return 0n;
  }
}

class SetsNothingOff extends ReferenceLedger {
  override setOff(): void {
    // What lands late is charged on top.
  }
}

class ChargesLateUsageFirst extends ReferenceLedger {
  override paidBefore(): bigint {
    return 0n;
  }
}

class ForgetsWhatIsCounted extends ReferenceLedger {
  override usedIn(): number {
    return 0;
  }
}

class ReservesNothing extends ReferenceLedger {
  override reservedIn(): number {
    return 0;
  }
}

class TakesNothingOff extends ReferenceLedger {
  override takeOff(): void {
    // An adjustment down gives nothing back.
  }
}

class BudgetsNothingThatIsHeld extends ReferenceLedger {
  override heldIn(): bigint {
    return 0n;
  }
}

class KeepsRefundsSpent extends ReferenceLedger {
  override spentIn(account: AccountName, window: CountedIn): bigint {
    return this.countingIn(account, window).reduce((sum, one) => sum + this.committed(one), 0n);
  }
}

class RaisesNoBudget extends ReferenceLedger {
  override overBudget(...[ask, required, batch, counted]: Parameters<ReferenceLedger['overBudget']>): Answer | null {
    const raised = this.budgets;
    this.budgets = raised.map((one) => ({ ...one, raise: null }));
    const answer = super.overBudget(ask, required, batch, counted);
    this.budgets = raised;
    return answer;
  }
}

class ForgetsNaps extends ReferenceLedger {
  override beginNap(): void {
    // Nobody rests.
  }
}

class CountsRatesTwice extends ReferenceLedger {
  override levelOf(...[account, rate]: Parameters<ReferenceLedger['levelOf']>): bigint {
    return 2n * super.levelOf(account, rate);
  }
}

class GivesNothingBackToRates extends ReferenceLedger {
  override countRates(): void {
    // What was asked for stays taken.
  }
}

class RestrainsForEver extends ReferenceLedger {
  override isInForce(): boolean {
    return true;
  }
}

class RestrainsTheExempt extends ReferenceLedger {
  override isExempt(): boolean {
    return false;
  }
}

class GrantsFailedPayments extends ReferenceLedger {
  override failPayment(purchase: ReferencePurchase): void {
    this.deliver(purchase);
  }
}

class TakesNothingForMoney extends ReferenceLedger {
  override takeBackFor(): void {
    // The customer keeps what was paid back.
  }
}

class SellsTwiceAtOnce extends ReferenceLedger {
  override underWay(): undefined {
    return undefined;
  }
}

class BuysOnlyBelowTheThreshold extends ReferenceLedger {
  override isLow(...[rule, balance]: Parameters<ReferenceLedger['isLow']>): boolean {
    return super.isLow(rule, balance + 1n);
  }
}

class NeverBacksOff extends ReferenceLedger {
  override mayBuyFrom(rule: ReferenceTopup): number {
    return super.mayBuyFrom({ ...rule, declinedAt: null });
  }
}

class NeverSuspendsRules extends ReferenceLedger {
  override afterDecline(rule: ReferenceTopup): ReferenceTopup {
    return { ...super.afterDecline(rule), isSuspended: false };
  }
}

class HasNoCaps extends ReferenceLedger {
  override cappedUntil(): null {
    return null;
  }
}

class BuysOnEveryEdit extends ReferenceLedger {
  override looksAtOnce(): boolean {
    return true;
  }
}

class ForgetsWhatPaid extends ReferenceLedger {
  override afterSuccess(rule: ReferenceTopup): ReferenceTopup {
    return rule;
  }
}

class ProratesNothing extends ReferenceLedger {
  override grantPeriod(one: ReferenceRecurringGrant): ReferenceRecurringGrant['last'] {
    return super.grantPeriod({ ...one, terms: { ...one.terms, prorateFirst: false } });
  }
}

class LetsPeriodsOverlap extends ReferenceLedger {
  override recurringOf(...[account, name]: Parameters<ReferenceLedger['recurringOf']>) {
    const found = super.recurringOf(account, name);
    return found?.isDeleted ? undefined : found;
  }
}

class RollsNothingOver extends ReferenceLedger {
  override rollOver(): bigint {
    return 0n;
  }
}

class TrimsNothing extends ReferenceLedger {
  override makeRoomFor(...[, , wanted]: Parameters<ReferenceLedger['makeRoomFor']>): bigint {
    return wanted;
  }
}

class PausesNothing extends ReferenceLedger {
  override nextStart(one: ReferenceRecurringGrant): number | null {
    return super.nextStart({ ...one, isPaused: false });
  }
}

class NeverEndsRecurringGrants extends ReferenceLedger {
  override nextStart(one: ReferenceRecurringGrant): number | null {
    return super.nextStart({ ...one, endsAt: null });
  }
}

class TakesNothingBackOnChange extends ReferenceLedger {
  override takeBackShare(): void {
    // The old allowance stays.
  }
}

class GrantsEveryChange extends ReferenceLedger {
  override addAdvance(): void {
    // Whoever comes back to a plan gets all of it again.
  }
}

class ChangesPlansAtOnce extends ReferenceLedger {
  override setPlan(request: Parameters<ReferenceLedger['setPlan']>[0]): Answer {
    return super.setPlan({ ...request, effective: 'now' });
  }
}

class KeepsTermsOfPlans extends ReferenceLedger {
  override setTerms(...[before, to]: Parameters<ReferenceLedger['setTerms']>) {
    return super.setTerms(before, to ?? before.current);
  }
}

class LetsSharesBreach extends ReferenceLedger {
  override overKeyLimit(...[account, required, at]: Parameters<ReferenceLedger['overKeyLimit']>): Answer | null {
    const counted = this.authorizations;
    this.authorizations = counted.filter((one) => one.account === account);
    const answer = super.overKeyLimit(account, required, at);
    this.authorizations = counted;
    return answer;
  }
}

class TakesNothingBackFromShares extends ReferenceLedger {
  override takenBy(one: ReferenceAuthorization): bigint {
    return one.isOfKey ? one.amount : super.takenBy(one);
  }
}

describe('the model', () => {
  // Each is told by as few sequences as it takes, and some to spare.
  it.each([
    ['spends the last grant first', SpendsTheLastFirst, 50, null],
    ['holds a moment longer', HoldsAMomentLonger, 50, null],
    ['lends out what is pinned', LendsOutWhatIsPinned, 50, null],
    ['forgets its answers', ForgetsItsAnswers, 50, null],
    ['forgives shortfalls', ForgivesShortfalls, 50, null],
    ['sets nothing off', SetsNothingOff, 150, null],
    ['charges late usage first', ChargesLateUsageFirst, 150, null],
    ['forgets what is counted', ForgetsWhatIsCounted, 50, 'counted prices'],
    ['reserves nothing', ReservesNothing, 50, 'counted prices'],
    ['takes nothing off', TakesNothingOff, 50, null],
    ['budgets nothing that is held', BudgetsNothingThatIsHeld, 50, 'budgets'],
    ['keeps refunds spent', KeepsRefundsSpent, 50, 'budgets'],
    ['raises no budget', RaisesNoBudget, 50, 'budgets'],
    ['grants failed payments', GrantsFailedPayments, 50, 'purchases'],
    ['takes nothing for money that went back', TakesNothingForMoney, 50, 'purchases'],
    ['sells twice at once', SellsTwiceAtOnce, 50, 'purchases'],
    ['buys only below the threshold', BuysOnlyBelowTheThreshold, 50, 'auto top-up'],
    ['never backs off', NeverBacksOff, 50, 'auto top-up'],
    ['never suspends rules', NeverSuspendsRules, 50, 'auto top-up'],
    ['has no caps', HasNoCaps, 50, 'auto top-up'],
    ['buys on every edit', BuysOnEveryEdit, 50, 'auto top-up'],
    ['forgets that a payment has succeeded', ForgetsWhatPaid, 50, 'auto top-up'],
    ['prorates nothing', ProratesNothing, 50, 'recurring grants'],
    ['lets periods overlap', LetsPeriodsOverlap, 50, 'recurring grants'],
    ['rolls nothing over', RollsNothingOver, 50, 'recurring grants'],
    ['trims nothing', TrimsNothing, 50, 'recurring grants'],
    ['pauses nothing', PausesNothing, 50, 'recurring grants'],
    ['never ends recurring grants', NeverEndsRecurringGrants, 50, 'recurring grants'],
    ['takes nothing back on a change', TakesNothingBackOnChange, 50, 'plans'],
    ['grants every change', GrantsEveryChange, 50, 'plans'],
    ['changes plans at once', ChangesPlansAtOnce, 50, 'plans'],
    ['keeps the terms of plans', KeepsTermsOfPlans, 50, 'plans'],
    ['lets shares breach their limit', LetsSharesBreach, 50, 'limits of keys'],
    ['takes nothing back from shares', TakesNothingBackFromShares, 50, 'limits of keys'],
    ['forgets naps', ForgetsNaps, 50, 'rules'],
    ['counts rates twice', CountsRatesTwice, 50, 'rules'],
    ['gives nothing back to rates', GivesNothingBackToRates, 400, 'rules'],
    ['restrains for ever', RestrainsForEver, 50, 'rules'],
    ['restrains the exempt', RestrainsTheExempt, 50, 'rules'],
  ] as const)(
    'sees the difference to a ledger that %s',
    async (_, Wrong, few, topic) => {
      const check = checkModel({ seed: 1, runs: few, topic, shrinkMs: 0, newReference: () => new Wrong() });
      await expect(check).rejects.toThrow('The reference and the service differ');
    },
    120_000,
  );

  it('tells a failure by the few requests that it takes, and how to run it again', async () => {
    const newReference = (): ReferenceLedger => new LendsOutWhatIsPinned();
    const check = checkModel({ seed: 2, runs: 150, shrinkMs: 8_000, newReference });
    const message = await check.then(String, String);
    expect(message).toContain('Run it again: MODEL_SEED=2 MODEL_RUNS=150 npm test -- test/model');
    expect(message.match(/ → /g)?.length).toBeLessThan(12);
  }, 120_000);
});

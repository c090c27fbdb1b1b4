import { Amount, formatAmount, ZERO, type Amount as Sum } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ifNotRefused, moneyAt, type MoneyFixture } from '../testing/money-fixture.ts';
import { grantTermsOf, sumsOfFacts } from '../testing/sums-of-facts.ts';
import { deferredRevenue } from './deferred-revenue.ts';
import type { Report, ReportRow } from './report.ts';
import { revenueWaterfall } from './revenue-waterfall.ts';
import { rollforward } from './rollforward.ts';
import { journal } from './trial-balance.ts';

const START = '2026-01-01T00:00:00Z';
const DAY = 86_400;
/** Names nothing. */
const NOBODY = '00000000-0000-7000-8000-000000000000';
const RUNS = Number(process.env['MONEY_RUNS'] ?? 150);

const amount = fc.constantFrom('1', '3', '7', '0.000000000001', '12.5', '33.333333333333', '100');
const money = fc.constantFrom('0', '1', '10', '0.01', '7.77');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('charge' as const), amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit' as const), amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refund' as const), back: fc.nat(5), amount }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      amount,
      money,
      category: fc.constantFrom('paid' as const, 'paid' as const, 'promotional' as const),
      reference: fc.option(fc.constantFrom('a', 'b')),
      days: fc.option(fc.constantFrom(1, 3, 30)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), back: fc.nat(5), money }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('buy' as const), amount: fc.constantFrom('100', '700') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('return money' as const), back: fc.nat(3), money }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), back: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('write off' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(0.5, 1, 2, 10) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What is refused has changed nothing, and the next step follows. */
function run(
  ledger: MoneyFixture,
  one: Step,
  made: { held: string[]; used: string[]; bought: string[]; returned: string[] },
): void {
  const last = (list: readonly string[], back: number) => ({ id: list.at(-1 - back) ?? NOBODY });
  switch (one.do) {
    case 'charge':
      made.used.push(ledger.charge(one.amount).id);
      return;
    case 'hold':
      made.held.push(ledger.authorize(one.amount, { holdSeconds: 3 * DAY }).id);
      return;
    case 'commit':
      made.used.push(ledger.commit(last(made.held, 0), one.amount).id);
      return;
    case 'refund':
      ledger.refund(last(made.used, one.back), one.amount);
      return;
    case 'grant': {
      const { category, reference, days, money: paid } = one;
      const expiry = days === null ? {} : { expiresIn: days * DAY };
      ledger.buyGrant(one.amount, { category, paid, ...expiry, ...(reference === null ? {} : { reference }) });
      return;
    }
    case 'void':
      ledger.voidReturning(
        last(
          ledger.grantsMade.map(({ id }) => id),
          one.back,
        ),
        one.money,
      );
      return;
    case 'buy':
      made.bought.push(ledger.bought(one.amount, { bonus: '50', price: '7.77', currency: 'USD' }).id);
      return;
    case 'return money': {
      const { id, refunds } = ledger.refundMoney(last(made.bought, one.back), one.money, `re_${String(ledger.now)}`);
      if (refunds.length > 0) made.returned.push(id);
      return;
    }
    case 'fail':
      if (made.returned.length > 0)
        ledger.settleRefund({ id: made.returned.at(-1 - (one.back % made.returned.length)) ?? NOBODY }, 'failed');
      return;
    case 'write off':
      ledger.writeOff();
      return;
    case 'wait':
      ledger.advance(one.days * DAY);
  }
}

function happened(steps: readonly Step[]): MoneyFixture {
  const ledger = moneyAt(START);
  ledger.account('acme', { overdraftLimit: '50', overage: 'debt' });
  const made = { held: [], used: [], bought: [], returned: [] };
  for (const one of steps) ifNotRefused(() => run(ledger, one, made));
  ledger.sweep();
  return ledger;
}

function rowsOf({ rows }: Pick<Report, 'rows'>): readonly ReportRow[] {
  return [...(rows as Iterable<ReportRow>)];
}

function totals(entries: Iterable<readonly [string, Sum]>): Record<string, string> {
  const sums = new Map<string, Sum>();
  for (const [name, one] of entries) sums.set(name, (sums.get(name) ?? ZERO).plus(one));
  return Object.fromEntries([...sums].sort().map(([name, sum]) => [name, formatAmount(sum)]));
}

describe('reports of random histories', () => {
  it(`tie out to the journal in ${String(RUNS)} of them`, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), (steps) => {
        const ledger = happened(steps);
        const facts = ledger.facts();
        expect(ledger.factsInSteps()).toEqual(facts);
        const end = ledger.now + 1;
        const cuts = [Date.parse(START), Date.parse(START) + 5 * DAY * 1000, Date.parse(START) + 400 * DAY * 1000];

        // Each grant has what its facts come to, and its money is gone when it is.
        for (const { id, remaining } of ledger.grantsMade) {
          const own = facts.filter(({ grantId }) => grantId === id);
          const credits = own.reduce((sum, one) => sum.plus(one.credits), ZERO);
          expect(formatAmount(credits)).toBe(formatAmount(remaining));
        }
        const isAllGone = ledger.grantsMade.every(({ remaining }) => remaining.isZero());
        if (isAllGone) expect(ledger.deferred()).toBe('0');
        expect(new Amount(ledger.deferred()).gte(0)).toBe(true);

        // The journal report has the debits and credits of the transfers.
        const sums = sumsOfFacts(ledger, [Date.parse(START), end]);
        const reported = rowsOf(journal(sums, { timeZone: 'UTC', cuts: [Date.parse(START), end] }));
        const sides = (side: 'debit' | 'credit') =>
          totals(reported.map((row) => [String(row['account_code']), new Amount(String(row[side]))] as const));
        const booked = (side: 'debit' | 'credit') =>
          totals(ledger.journal.map((transfer) => [transfer[side], transfer.amount] as const));
        const withoutZeros = (all: Record<string, string>) =>
          Object.fromEntries(Object.entries(all).filter(([, sum]) => sum !== '0'));
        expect(withoutZeros(sides('debit'))).toEqual(booked('debit'));
        expect(withoutZeros(sides('credit'))).toEqual(booked('credit'));

        // Roll-forward and deferred revenue go on where they ended, and close with what there is.
        const closing = rollforward(sumsOfFacts(ledger, cuts), { isByGrant: false }).total();
        expect(closing?.['closing']).toBe(ledger.balance().posted);
        const first = rowsOf(deferredRevenue(sumsOfFacts(ledger, cuts.slice(0, 2))))[0];
        const second = rowsOf(deferredRevenue(sumsOfFacts(ledger, cuts.slice(1))))[0];
        const whole = rowsOf(deferredRevenue(sumsOfFacts(ledger, [cuts[0] ?? 0, cuts[2] ?? 0])))[0];
        if (first && second) expect(second['opening']).toBe(first['closing']);
        expect(whole?.['closing'] ?? '0').toBe(ledger.deferred());

        // What is left of cohorts is all that is deferred, and no more of it expires.
        const cohorts = rowsOf(
          revenueWaterfall(sumsOfFacts(ledger, [cuts[0] ?? 0, end]), grantTermsOf(ledger), {
            ...{ timeZone: 'UTC', cuts: [cuts[0] ?? 0, end], currency: null },
          }),
        );
        const remaining = cohorts.reduce((sum, row) => sum.plus(String(row['remaining'])), ZERO);
        expect(formatAmount(remaining)).toBe(ledger.deferred());
        for (const row of cohorts) {
          const [least, , most] = [30, 90, 365].map((days) => new Amount(String(row[`expiring_${String(days)}_days`])));
          expect([least?.gte(0), least && most?.gte(least), most?.lte(String(row['remaining']))]).toEqual([
            true,
            true,
            true,
          ]);
        }

        const revenue = [first, second].reduce((sum, row) => sum.plus(String(row?.['revenue'] ?? 0)), ZERO);
        expect(formatAmount(revenue)).toBe(whole?.['revenue'] ?? '0');
      }),
      { numRuns: RUNS, seed: Number(process.env['MONEY_SEED'] ?? 20_261_130) },
    );
  });
});

import { Amount, formatAmount } from '#amounts';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { moneyAt, type MoneyFixture } from '../testing/money-fixture.ts';
import { grantTermsOf, sumsOfFacts } from '../testing/sums-of-facts.ts';
import { breakage } from './breakage.ts';
import { debtAgeing } from './debt-ageing.ts';
import { deferredRevenue } from './deferred-revenue.ts';
import { rangeOfMonth } from '#calendar';
import { cutByMonth } from './cut-by-month.ts';
import { breakageMoves } from './proportional-breakage.ts';
import type { Report, ReportRow } from './report.ts';
import { revenueWaterfall } from './revenue-waterfall.ts';
import { rollforward } from './rollforward.ts';
import { journal, trialBalance } from './trial-balance.ts';

const RATES = { '2026-01': new Amount('0.2') };
const MONTHS = ['2026-01', '2026-02', '2026-03'] as const;

let ledger: MoneyFixture;
beforeAll(() => {
  ledger = moneyAt('2026-01-01T00:00:00Z');
  const on = (day: string): MoneyFixture => ledger.until(`2026-${day}T00:00:00Z`);
  ledger.account('acme', { overdraftLimit: '100', overage: 'debt' });
  ledger.buyGrant('1000', { paid: '10', expiresIn: 59 * 86_400 });
  on('01-05').charge('100');
  on('01-10').buyGrant('200', { category: 'promotional', expiresIn: 22 * 86_400 });
  on('01-15').charge('150');
  on('02-05').buyGrant('500', { paid: '4' });
  const used = on('02-10').charge('600');
  on('02-20').refund(used, '50');
  on('03-03').charge('520');
  on('03-20').buyGrant('300', { paid: '3' });
  on('03-30').voidReturning({ id: ledger.grantsMade.at(-1)?.id ?? '' }, '2.8');
});

function rowsOf({ rows }: Pick<Report, 'rows'>): ReportRow[] {
  return [...(rows as Iterable<ReportRow>)];
}

/** Cells as text, without the names. */
function cells(row: ReportRow | undefined, ...but: readonly string[]): string {
  return Object.entries(row ?? {})
    .filter(([name]) => !but.includes(name))
    .map(([, cell]) => String(cell))
    .join(' ');
}

function deferred(month: string, isProportional = false): string {
  const { from, to } = rangeOfMonth(month, 'UTC');
  const sums = sumsOfFacts(ledger, [from, to]);
  const terms = { rates: RATES, timeZone: 'UTC', from, to };
  const moves = isProportional ? breakageMoves(sums, grantTermsOf(ledger), terms) : undefined;
  return cells(rowsOf(deferredRevenue(sums, moves))[0], 'currency');
}

describe('the worked example', () => {
  it('has the deferred revenue of each month, when breakage is earned on expiry', () => {
    // opening, billed, usage, refund, debt repaid, breakage, true-up, returned, closing, revenue
    expect(MONTHS.map((month) => deferred(month))).toEqual([
      '0 10 -1 0 0 0 0 0 9 1',
      '9 4 -6 0.5 0 0 0 0 7.5 5.5',
      '7.5 3 -4 0 -0.2 -3.5 0 -2.8 0 7.7',
    ]);
  });

  it('has it when breakage is earned in proportion to what is used', () => {
    expect(MONTHS.map((month) => deferred(month, true))).toEqual([
      '0 10 -1 0 0 -0.25 0 0 8.75 1.25',
      '8.75 4 -6 0.5 0 -1.375 0 0 5.875 6.875',
      '5.875 3 -4 0 -0.2 0 -1.875 -2.8 0 6.075',
    ]);
  });

  it('has what became of each cohort', () => {
    const { to } = rangeOfMonth('2026-03', 'UTC');
    const sums = sumsOfFacts(ledger, [to]);
    const request = { rates: RATES, timeZone: 'UTC', to };
    const of = (method: 'on_expiry' | 'proportional') =>
      rowsOf(breakage(sums, grantTermsOf(ledger), { ...request, method })).map((row) => cells(row));
    expect(of('on_expiry')).toEqual(['2026-01 USD credits 1000 65 null on_expiry 3.5 3.5 0']);
    expect(of('proportional')).toEqual(['2026-01 USD credits 1000 65 0.2 proportional 1.625 3.5 1.875']);
  });

  it('rolls credits forward', () => {
    const closing = MONTHS.map((month) => {
      const { from, to } = rangeOfMonth(month, 'UTC');
      const { rows, total } = rollforward(sumsOfFacts(ledger, [from, to]), { isByGrant: false });
      const own = [...(rows as Iterable<ReportRow>)].map((row) => [String(row.category), row.closing]);
      return [Object.fromEntries(own) as unknown, total()?.closing];
    });
    expect(closing).toEqual([
      [{ paid: '900', promotional: '50' }, '950'],
      [{ paid: '850', promotional: '0' }, '850'],
      [{ debt: '0', paid: '0' }, '0'],
    ]);
    const { from, to } = rangeOfMonth('2026-03', 'UTC');
    const march = rowsOf(rollforward(sumsOfFacts(ledger, [from, to]), { isByGrant: false }));
    // opening, granted, rolled in, used, commitment, refunded, debt repaid, expired, rolled out, voided, purchase refunded, written off, closing
    expect(march.map((row) => cells(row, 'account', 'unit'))).toEqual([
      'debt 0 0 0 -20 0 0 20 0 0 0 0 0 0',
      'paid 850 300 0 -500 0 0 -20 -350 0 -280 0 0 0',
    ]);
  });

  it('balances in credits', () => {
    const { to } = rangeOfMonth('2026-03', 'UTC');
    const cuts = cutByMonth(rangeOfMonth('2026-01', 'UTC').from, to, 'UTC');
    const sums = sumsOfFacts(ledger, cuts);
    const { rows, total } = trialBalance(sums, { timeZone: 'UTC', cuts });
    expect([...(rows as Iterable<ReportRow>)].map((row) => cells(row, 'month', 'unit', 'count'))).toEqual([
      'breakage 0 400',
      'debt 0 0',
      'funding:paid 1520 0',
      'funding:promotional 200 0',
      'grant 0 0',
      'usage 0 1320',
    ]);
    expect(total()).toMatchObject({ debit: '1720', credit: '1720' });
    const booked = rowsOf(journal(sums, { timeZone: 'UTC', cuts }));
    expect(booked.filter(({ account_code: code }) => code === 'usage').map((row) => cells(row, 'unit'))).toEqual([
      '2026-01 usage 0 250 2',
      '2026-02 usage 50 600 2',
      '2026-03 usage 0 520 2',
    ]);
  });

  it('shows the debt of March 3 among those of up to 30 days', () => {
    const to = Date.parse('2026-03-10T00:00:00Z');
    const moves = ledger
      .facts()
      .filter(({ grantId, at }) => grantId === null && at < to)
      .map(({ at, credits }) => {
        const [added, lowered] = credits.isNegative() ? [credits.neg(), new Amount(0)] : [new Amount(0), credits];
        return { account: 'acme', unit: 'credits', at, added, lowered };
      });
    const { rows } = debtAgeing(moves, { timeZone: 'UTC', to });
    expect([...(rows as Iterable<ReportRow>)].map((row) => cells(row))).toEqual(['acme credits 0 20 0 0 0 20']);
  });

  it('shows in which months the money of each month was earned', () => {
    const cuts = cutByMonth(rangeOfMonth('2026-01', 'UTC').from, rangeOfMonth('2026-03', 'UTC').to, 'UTC');
    const { rows } = revenueWaterfall(sumsOfFacts(ledger, cuts), grantTermsOf(ledger), {
      timeZone: 'UTC',
      cuts,
      currency: null,
    });
    // grant month, month, revenue, remaining, of that expiring within 30, 90 and 365 days
    expect([...(rows as Iterable<ReportRow>)].map((row) => cells(row, 'currency'))).toEqual([
      '2026-01 2026-01 1 9 9 9 9',
      '2026-01 2026-02 5.5 3.5 3.5 3.5 3.5',
      '2026-01 2026-03 3.5 0 0 0 0',
      '2026-02 2026-02 0 4 0 0 0',
      '2026-02 2026-03 4 0 0 0 0',
      '2026-03 2026-03 0.2 0 0 0 0',
    ]);
  });

  it('is deferred to the last digit what its grants have left', () => {
    expect(formatAmount(new Amount(ledger.deferred()))).toBe('0');
  });
});

import { describe, expect, it } from '@jest/globals';
import { moneyAt } from '../testing/money-fixture.ts';
import { grantTermsOf, sumsOfFacts } from '../testing/sums-of-facts.ts';
import type { ReportRow } from './report.ts';
import { revenueWaterfall } from './revenue-waterfall.ts';

const DAY_S = 86_400;
const MONTHS = ['2026-01-01', '2026-02-01', '2026-03-01'].map((day) => Date.parse(day));

describe('the revenue waterfall', () => {
  it('shares the money of a purchase among the credits that its grants have left', () => {
    const ledger = moneyAt('2026-01-05T00:00:00Z');
    ledger.account('acme');
    // The bonus may come first, without a currency of its own.
    ledger.buyGrant('200', { reference: 'order 7', expiresIn: 40 * DAY_S });
    ledger.buyGrant('1000', { paid: '12', reference: 'order 7', expiresIn: 400 * DAY_S });
    ledger.until('2026-02-20T00:00:00Z');
    const sums = sumsOfFacts(ledger, MONTHS);
    for (const currency of [null, 'USD']) {
      const { rows } = revenueWaterfall(sums, grantTermsOf(ledger), { timeZone: 'UTC', cuts: MONTHS, currency });
      const shown = [...(rows as Iterable<ReportRow>)];
      const cohort = { currency: 'USD', grant_month: '2026-01' };
      expect(shown).toEqual([
        {
          ...{ ...cohort, recognised_month: '2026-01', revenue: '0', remaining: '12' },
          ...{ expiring_30_days: '2', expiring_90_days: '2', expiring_365_days: '2' },
        },
        {
          ...{ ...cohort, recognised_month: '2026-02', revenue: '2', remaining: '10' },
          ...{ expiring_30_days: '0', expiring_90_days: '0', expiring_365_days: '10' },
        },
      ]);
    }
    const euros = { timeZone: 'UTC', cuts: MONTHS, currency: 'EUR' };
    expect(revenueWaterfall(sums, grantTermsOf(ledger), euros).rows).toEqual([]);
  });
});

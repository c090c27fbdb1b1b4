import type { MoneyGrantTerms } from '../reports/money-grant-terms.ts';
import type { MoneySum } from '../reports/money-sum.ts';
import type { MoneyFixture } from './money-fixture.ts';

/** What the tables would have of a ledger's facts, unsummed: by grant, in the parts of a range. */
export function sumsOfFacts(ledger: MoneyFixture, cuts: readonly number[]): readonly MoneySum[] {
  const end = cuts.at(-1) ?? 0;
  return ledger
    .facts()
    .filter(({ at }) => at < end)
    .map(({ at, kind, category, currency, credits, money, grantId }) => ({
      ...{ kind, category, currency, credits, money, grantId },
      account: 'acme',
      unit: 'credits',
      part: cuts.filter((cut) => cut <= at).length,
      count: 1,
    }));
}

export function grantTermsOf(ledger: MoneyFixture): readonly MoneyGrantTerms[] {
  return ledger.grantsMade
    .filter(({ category }) => category === 'paid')
    .map(({ id, effectiveAt, expiresAt, voidedAt }) => ({
      ...{ id, effectiveAt, expiresAt, voidedAt },
      unit: 'credits',
      pool: id,
    }));
}

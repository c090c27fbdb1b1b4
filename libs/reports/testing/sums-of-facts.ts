import type { Grant } from '#ledger';
import { moneyFacts } from '../money/money-facts.ts';
import { poolNames } from '../money/pool.ts';
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
  const { pools } = moneyFacts(ledger.moneyRows(), new Map());
  const poolOf = (grant: Grant): string => {
    const [shared = grant.id] = poolNames(grant);
    return pools.get(grant.id)?.total.isZero() === false ? grant.id : shared;
  };
  return ledger.grantsMade
    .filter(({ category }) => category === 'paid')
    .map((grant) => ({
      ...{ id: grant.id, effectiveAt: grant.effectiveAt, expiresAt: grant.expiresAt, voidedAt: grant.voidedAt },
      unit: 'credits',
      pool: poolOf(grant),
    }));
}

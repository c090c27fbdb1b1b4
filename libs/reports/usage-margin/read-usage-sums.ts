import type { Pool } from '#database';
import { attemptRead } from '#ledger-store';
import { sumFromRow, type UsageSum, type UsageSumRow } from './usage-sum.ts';
import { usageSumsStatement, type UsageSumsTerms } from './usage-sums-statement.ts';

/**
 * Sums of what is rolled up.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function readUsageSums(pool: Pool, terms: UsageSumsTerms): Promise<readonly UsageSum[]> {
  return attemptRead(async () => {
    const { rows } = await pool.query<UsageSumRow>(usageSumsStatement(terms));
    return rows.map(sumFromRow);
  });
}

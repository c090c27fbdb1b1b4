import type { Report } from '../reports/report.ts';
import { marginColumns, marginRows, type MarginTerms } from './margin-rows.ts';
import { readUsageSums } from './read-usage-sums.ts';
import type { RolledUpSource } from './rolled-up-source.ts';
import type { UsageSumsTerms } from './usage-sums-statement.ts';

export interface UsageMarginRequest extends Omit<UsageSumsTerms, 'linesApart'>, Omit<MarginTerms, 'hasDays'> {}

/**
 * What usage earned and what it cost.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function readUsageMargin({ pool, upToNow }: RolledUpSource, request: UsageMarginRequest): Promise<Report> {
  const asOf = await upToNow({ environment: request.environment, account: null });
  const sums = await readUsageSums(pool, { ...request, linesApart: true });
  const terms = { ...request, hasDays: request.dayZone !== null };
  const { rows, total } = marginRows(sums, terms);
  return { columns: marginColumns(terms), rows, total: () => total, asOf };
}

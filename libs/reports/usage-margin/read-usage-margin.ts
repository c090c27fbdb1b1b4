import type { Pool } from '#database';
import type { Report } from '../reports/report.ts';
import { catchUpEnvironment } from '../rollups/catch-up.ts';
import { marginColumns, marginRows, type MarginTerms } from './margin-rows.ts';
import { readUsageSums } from './read-usage-sums.ts';
import { replayTagSums } from './replay-tag-sums.ts';
import type { UsageSum } from './usage-sum.ts';
import type { UsageSumsTerms } from './usage-sums-statement.ts';

export interface UsageMarginRequest extends Omit<UsageSumsTerms, 'linesApart'>, Omit<MarginTerms, 'hasDays'> {
  /** The tags that are rolled up. Whatever is asked of another one is added up from the journal. */
  readonly reportedTags: readonly string[];
}

/**
 * What usage earned and what it cost.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function readUsageMargin(pool: Pool, request: UsageMarginRequest): Promise<Report> {
  const { asOf } = await catchUpEnvironment(pool, request.environment);
  const terms = { ...request, hasDays: request.dayZone !== null };
  const { rows, total } = marginRows(await sumsOf(pool, request), terms);
  return { columns: marginColumns(terms), rows, total: () => total, asOf };
}

function sumsOf(pool: Pool, request: UsageMarginRequest): Promise<readonly UsageSum[]> {
  const { grouping, reportedTags } = request;
  if (grouping.by === 'tag' && !reportedTags.includes(grouping.tag)) return replayTagSums(pool, request, grouping.tag);
  return readUsageSums(pool, { ...request, linesApart: true });
}

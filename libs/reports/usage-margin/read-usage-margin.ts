import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import type { Report } from '../reports/report.ts';
import { catchUpEnvironment } from '../rollups/catch-up.ts';
import { hasTags } from '../usage/has-tags.ts';
import { marginColumns, marginRows, type MarginTerms } from './margin-rows.ts';
import { readUsageSums } from './read-usage-sums.ts';
import { replayTagSums } from './replay-tag-sums.ts';
import type { UsageSum } from './usage-sum.ts';
import type { UsageSumsTerms } from './usage-sums-statement.ts';

export interface UsageMarginRequest extends Omit<UsageSumsTerms, 'linesApart'>, Omit<MarginTerms, 'hasDays'> {
  /** The tags that are rolled up. Another one is added up from the journal, and so is one that isn't rolled up everywhere yet. */
  readonly reportedTags: readonly string[];
}

/**
 * What usage earned and what it cost.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function readUsageMargin(pool: Pool, request: UsageMarginRequest): Promise<Report> {
  const terms = { ...request, hasDays: request.dayZone !== null };
  const { asOf, sums } = await readSums(pool, request);
  const { rows, total } = marginRows(sums, terms);
  return { columns: marginColumns(terms), rows, total: () => total, asOf };
}

interface SumsAsOf {
  readonly asOf: number;
  readonly sums: readonly UsageSum[];
}

async function readSums(pool: Pool, request: UsageMarginRequest): Promise<SumsAsOf> {
  const { environment, grouping, reportedTags } = request;
  const tag = grouping.by === 'tag' ? grouping.tag : null;
  const fromJournal = async (name: string): Promise<SumsAsOf> => {
    const asOf = Date.now();
    return { asOf, sums: await replayTagSums(pool, request, name) };
  };
  if (tag !== null && !reportedTags.includes(tag)) return fromJournal(tag);
  const { asOf } = await catchUpEnvironment(pool, environment);
  if (tag !== null && !(await isRolledUpBy(pool, environment, tag))) return fromJournal(tag);
  return { asOf, sums: await readUsageSums(pool, { ...request, linesApart: true }) };
}

function isRolledUpBy(pool: Pool, environment: string, tag: string): Promise<boolean> {
  return attemptRead(() => hasTags(queryable(pool), { environment, account: null, tags: [tag] }));
}

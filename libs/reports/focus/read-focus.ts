import type { AccountRef } from '#ledger';
import type { Report, ReportRow } from '../reports/report.ts';
import type { RolledUpSource } from '../usage-margin/rolled-up-source.ts';
import { FOCUS_COLUMNS, focusRow } from './focus-columns.ts';
import { readFocusUsage, type FocusRange } from './read-focus-usage.ts';

export interface FocusRequest extends Omit<FocusRange, 'account'> {
  /** `null`: all accounts of the environment. */
  readonly account: AccountRef | null;
}

/**
 * Usage as rows of FOCUS 1.2, a few accounts at a time.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function readFocus({ pool, upToNow }: RolledUpSource, request: FocusRequest): Promise<Report> {
  const { environment, account } = request;
  const asOf = await upToNow({ environment, account });
  async function* rows(): AsyncGenerator<ReportRow> {
    for await (const page of readFocusUsage(pool, { ...request, account: account?.key ?? null })) {
      for (const usage of page) yield focusRow(usage, { environment });
    }
  }
  return { columns: FOCUS_COLUMNS, rows: rows(), total: () => null, asOf };
}

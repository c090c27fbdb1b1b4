import type { Pool } from '#database';
import type { AccountRef } from '#ledger';
import type { Report, ReportRow } from '../reports/report.ts';
import { catchUpAccount, catchUpEnvironment } from '../rollups/catch-up.ts';
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
export async function readFocus(pool: Pool, request: FocusRequest): Promise<Report> {
  const { environment, account } = request;
  const { asOf } = account
    ? await catchUpAccount(pool, account.key)
    : await catchUpEnvironment(pool, environment, { staleMax: Number.POSITIVE_INFINITY });
  async function* rows(): AsyncGenerator<ReportRow> {
    for await (const page of readFocusUsage(pool, { ...request, account: account?.key ?? null })) {
      for (const usage of page) yield focusRow(usage, { environment });
    }
  }
  return { columns: FOCUS_COLUMNS, rows: rows(), total: () => null, asOf };
}

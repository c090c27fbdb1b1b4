import type { AccountRef } from '#ledger';
import type { BreakageMethod } from './breakage.ts';
import type { BreakageRates } from './money-grant-terms.ts';

/** What a report is asked for. Times are milliseconds since 1970. */
export interface ReportRequest {
  readonly environment: string;
  /** In which months and days begin. */
  readonly timeZone: string;
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** `null`: all accounts of the environment. */
  readonly account: AccountRef | null;
  /** An ISO 4217 code in capitals; `null`: all. */
  readonly currency: string | null;
  readonly method: BreakageMethod;
  readonly rates: BreakageRates;
  /** One of the report's groups; `null`: as it is. */
  readonly groupBy: string | null;
}

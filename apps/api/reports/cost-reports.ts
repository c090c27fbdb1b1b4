import type { Pool } from '#database';
import { readChargeback, readFocus, readUsageMargin, type Report } from '#reports';

type RequestOf<Read extends (pool: Pool, request: never) => unknown> = Parameters<Read>[1];

/** Reads reports of usage, on connections of their own. Each throws `LedgerUnavailable` where the database isn't there. */
export class CostReports {
  constructor(private readonly pool: Pool) {}

  margin(request: RequestOf<typeof readUsageMargin>): Promise<Report> {
    return readUsageMargin(this.pool, request);
  }

  chargeback(request: RequestOf<typeof readChargeback>): Promise<Report> {
    return readChargeback(this.pool, request);
  }

  focus(request: RequestOf<typeof readFocus>): Promise<Report> {
    return readFocus(this.pool, request);
  }
}

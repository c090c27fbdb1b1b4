import type { Pool } from '#database';
import {
  catchUpAccount,
  catchUpEnvironment,
  REPORTS,
  type Report,
  type ReportDefinition,
  type ReportRequest,
  type ReportSources,
} from '#reports';

/** Finds reports by their names, and reads them. */
export class ReportReader {
  private readonly sources: ReportSources;

  /** @param pool of its own: a report may take seconds */
  constructor(pool: Pool) {
    this.sources = { pool, upToNow: (scope) => upToNow(pool, scope) };
  }

  get names(): readonly string[] {
    return [...REPORTS.keys()];
  }

  find(name: string): ReportDefinition | null {
    return REPORTS.get(name) ?? null;
  }

  /** @throws {LedgerUnavailable} where the database isn't there */
  read(definition: ReportDefinition, request: ReportRequest): Promise<Report> {
    return definition.read(this.sources, request);
  }
}

/** A report of money has everything that is in the journal, of however many accounts. */
async function upToNow(pool: Pool, { environment, account }: Parameters<ReportSources['upToNow']>[0]): Promise<number> {
  const { asOf } = account
    ? await catchUpAccount(pool, account.key)
    : await catchUpEnvironment(pool, environment, { staleMax: Infinity });
  return asOf;
}

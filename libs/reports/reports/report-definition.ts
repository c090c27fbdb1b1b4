import type { Pool } from '#database';
import type { Column, Report } from './report.ts';
import type { ReportRequest } from './report-request.ts';

/** Which parameters a report takes beside its range. */
export type ReportParameter = 'account' | 'currency' | 'method' | 'group_by';

/** A report that can be asked for by its name. */
export interface ReportDefinition {
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly ReportParameter[];
  /** What `group_by` may say. */
  readonly groups?: readonly string[];
  /** Whether it is about one account. */
  readonly needsAccount?: true;
  /** Whether who may see just one account may see it of that account: it tells nothing of what credits were sold for. */
  readonly isForCustomers?: true;
  columns(request: Pick<ReportRequest, 'groupBy'>): readonly Column[];
  read(sources: ReportSources, request: ReportRequest): Promise<Report>;
}

/** Where reports read. */
export interface ReportSources {
  /** Of its own: a report may take seconds. */
  readonly pool: Pool;
  /** Rolls up what is new, so that the tables have everything that is in the journal. @returns when, in milliseconds since 1970 */
  readonly upToNow: (scope: Pick<ReportRequest, 'environment' | 'account'>) => Promise<number>;
}

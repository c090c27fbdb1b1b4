import type { JsonObject } from '#amounts';
import { reportCsv, reportJson, type Report, type ReportDefinition, type ReportRequest } from '#reports';
import { timeView } from '../lists/time-view.ts';
import type { StreamedText } from '../rows/row-sender.ts';
import type { AskedRange, ReportFormat } from './report.query.ts';
import { statementPage } from './statement-page.ts';

export interface ReadReport {
  readonly definition: ReportDefinition;
  readonly request: ReportRequest;
  readonly range: AskedRange;
  readonly report: Report;
}

/** A report as it is answered. */
export function textOf(read: ReadReport, format: ReportFormat): StreamedText {
  const { definition, range, report } = read;
  switch (format) {
    case 'json':
      return { mediaType: 'application/json', fileName: null, chunks: reportJson(headOf(read), report) };
    case 'csv': {
      const of = range.period ?? `${dayOf(range.from)}_${dayOf(range.to)}`;
      return { mediaType: 'text/csv', fileName: `${definition.name}_${of}.csv`, chunks: reportCsv(report) };
    }
    case 'html':
      return { mediaType: 'text/html', fileName: null, chunks: statementPage(read.request, report) };
  }
}

function headOf({ definition, request, range, report }: ReadReport): JsonObject {
  const { parameters } = definition;
  return {
    report: definition.name,
    ...(range.period === null ? { from: timeView(range.from), to: timeView(range.to) } : { period: range.period }),
    time_zone: request.timeZone,
    as_of: timeView(report.asOf),
    ...(request.account && { account: request.account.id }),
    ...(request.currency !== null && { currency: request.currency }),
    ...(parameters.includes('method') && { method: request.method }),
    ...(request.groupBy !== null && { group_by: request.groupBy }),
  };
}

/** A report as it was answered when its month was closed. */
export function keptText(
  { definition, range, format }: Pick<ReadReport, 'definition' | 'range'> & { readonly format: ReportFormat },
  chunks: AsyncIterable<string>,
): StreamedText {
  if (format !== 'csv') return { mediaType: 'application/json', fileName: null, chunks };
  return { mediaType: 'text/csv', fileName: `${definition.name}_${range.period ?? ''}.csv`, chunks };
}

function dayOf(at: number): string {
  return timeView(at).slice(0, 10);
}

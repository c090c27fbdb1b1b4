import type { JsonObject } from '#amounts';
import { reportCsv, reportJson, type Report } from '#reports';
import type { FastifyReply } from 'fastify';
import { timeView } from '../lists/time-view.ts';
import type { RowSender } from '../rows/row-sender.ts';
import type { AskedRange } from './report.query.ts';

export interface ReadReport {
  readonly name: string;
  readonly range: AskedRange;
  readonly timeZone: string;
  /** What its JSON says of the request, beside the range. */
  readonly asked: JsonObject;
  readonly report: Report;
}

/** Answers a report in constant memory, as JSON or as a CSV file. */
export function answerReport(
  rows: RowSender,
  reply: FastifyReply,
  read: ReadReport,
  format: 'json' | 'csv' | undefined,
): void {
  const { name, report } = read;
  if (format === 'csv') {
    rows.sendText(reply, { mediaType: 'text/csv', fileName: fileNameOf(read), chunks: reportCsv(report) });
    return;
  }
  const chunks = reportJson({ report: name, ...headOf(read) }, report);
  rows.sendText(reply, { mediaType: 'application/json', fileName: null, chunks });
}

function headOf({ range, timeZone, asked, report }: ReadReport): JsonObject {
  const ends = { from: timeView(range.from), to: timeView(range.to) };
  return {
    ...(range.period === null ? ends : { period: range.period }),
    time_zone: timeZone,
    as_of: timeView(report.asOf),
    ...asked,
  };
}

function fileNameOf({ name, range: { period, from, to } }: ReadReport): string {
  return `${name}_${period ?? `${dayOf(from)}_${dayOf(to)}`}.csv`;
}

function dayOf(at: number): string {
  return timeView(at).slice(0, 10);
}

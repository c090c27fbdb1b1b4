import type { JsonObject } from '#amounts';
import { AccountReader, Settings } from '#ledger-store';
import { reportCsv, reportJson, type Report, type ReportDefinition, type ReportRequest } from '#reports';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound } from '../accounts/account-ref.ts';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { timeView } from '../lists/time-view.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { RowSender, type StreamedText } from '../rows/row-sender.ts';
import { ReportReader } from './report-reader.ts';
import { askedRange, reportRequest, ReportQuery, type AskedRange, type ReportFormat } from './report.query.ts';
import { statementPage } from './statement-page.ts';

/** What an operator earns and owes. Keys that are bound to an account see only what it may know of itself. */
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly settings: Settings,
    private readonly reports: ReportReader,
    private readonly accounts: AccountReader,
    private readonly rows: RowSender,
  ) {}

  @Get(':name')
  @Needs('read')
  @OfAccount('query')
  async showReport(
    @Environment() environment: string,
    @Param('name') name: string,
    @Query() query: ReportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const definition = this.reports.find(name);
    if (!definition) throw reportNotFound(name, this.reports.names);
    const { account: boundTo } = callerOf(reply.request);
    if (boundTo !== null && !definition.isForCustomers) throw notForCustomers(name, boundTo);
    const { timeZone, breakageMethod: method, breakageRates: rates } = this.settings.of(environment);
    const range = askedRange(query, timeZone, Date.now());
    const request = reportRequest(definition, query, range, { environment, timeZone, method, rates });
    if (request.account && !(await this.accounts.find(request.account))) throw accountNotFound(request.account.id);
    const report = await this.reports.read(definition, request);
    this.rows.sendText(reply, textOf({ definition, request, range, report }, query.format ?? 'json'));
  }
}

interface ReadReport {
  readonly definition: ReportDefinition;
  readonly request: ReportRequest;
  readonly range: AskedRange;
  readonly report: Report;
}

function textOf(read: ReadReport, format: ReportFormat): StreamedText {
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

function dayOf(at: number): string {
  return timeView(at).slice(0, 10);
}

function reportNotFound(report: string, names: readonly string[]): ProblemError {
  const detail = `There is no report ${report}. There are ${names.join(', ')}, usage-margin, chargeback, what-if and focus.`;
  return new ProblemError(problem('report_not_found', detail, { report }));
}

function notForCustomers(report: string, account: string): ProblemError {
  const detail = `This key is bound to the account ${account}, and the report ${report} tells what its operator earns.`;
  return new ProblemError(problem('api_key_bound', detail, { account }));
}

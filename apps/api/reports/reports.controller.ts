import { AccountReader, Settings } from '#ledger-store';
import { Periods, type ReportDefinition } from '#reports';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound } from '../accounts/account-ref.ts';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { RowSender } from '../rows/row-sender.ts';
import { ReportReader } from './report-reader.ts';
import { askedRange, reportRequest, ReportQuery, type AskedRange } from './report.query.ts';
import { keptText, textOf } from './report-text.ts';

/** What an operator earns and owes. Keys that are bound to an account see only what it may know of itself. */
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly settings: Settings,
    private readonly reports: ReportReader,
    private readonly accounts: AccountReader,
    private readonly rows: RowSender,
    private readonly periods: Periods,
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
    const format = query.format ?? 'json';
    const kept = await this.kept(environment, definition, query, range);
    if (kept) {
      this.rows.sendText(reply, keptText({ definition, range, format }, kept));
      return;
    }
    const report = await this.reports.read(definition, request);
    this.rows.sendText(reply, textOf({ definition, request, range, report }, format));
  }

  /** What was kept of a closed month, which is answered as it was. Whoever asks for a part of it gets what is known now. */
  private async kept(environment: string, { name }: ReportDefinition, query: ReportQuery, { period }: AskedRange) {
    const { account, currency, method, group_by: groupBy, format = 'json' } = query;
    if (period === null || [account, currency, method, groupBy].some((one) => one !== undefined)) return null;
    return this.periods.reader.report(environment, period, name, format);
  }
}

function reportNotFound(report: string, names: readonly string[]): ProblemError {
  const detail = `There is no report ${report}. There are ${names.join(', ')}, usage-margin, chargeback, what-if and focus.`;
  return new ProblemError(problem('report_not_found', detail, { report }));
}

function notForCustomers(report: string, account: string): ProblemError {
  const detail = `This key is bound to the account ${account}, and the report ${report} tells what its operator earns.`;
  return new ProblemError(problem('api_key_bound', detail, { account }));
}

import { publicId } from '#ledger';
import { AccountReader, Settings } from '#ledger-store';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { RowSender } from '../rows/row-sender.ts';
import { answerReport } from './answer-report.ts';
import { askedSplit, ChargebackQuery } from './chargeback.query.ts';
import { FocusQuery } from './focus.query.ts';
import { askedRange } from './report.query.ts';
import { groupingOf, marginRange, UsageMarginQuery } from './usage-margin.query.ts';
import { CostReports } from './cost-reports.ts';

/** The specification has its periods by UTC. */
const FOCUS_ZONE = 'UTC';

/** What usage earned and cost, and who is charged for it. Keys that are bound to an account never see it. */
@Controller('v1/reports')
export class CostReportsController {
  constructor(
    private readonly reports: CostReports,
    private readonly settings: Settings,
    private readonly accounts: AccountReader,
    private readonly rows: RowSender,
  ) {}

  @Get('usage-margin')
  @Needs('read')
  async showUsageMargin(
    @Environment() environment: string,
    @Query() query: UsageMarginQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const settings = this.settings.of(environment);
    const { pricePerCredit, reportedTags } = settings;
    const timeZone = query.time_zone ?? settings.timeZone;
    const currency = query.currency?.toUpperCase() ?? settings.currency;
    const range = marginRange(query, timeZone, Date.now());
    const { grouping, column } = groupingOf(query);
    const report = await this.reports.margin({
      ...{ environment, from: range.from, to: range.to, grouping, dayZone: query.bucket ? timeZone : null },
      ...{ column, currency, pricePerCredit, reportedTags, nameOf: column === 'key' ? keyName : asItIs },
    });
    const asked = { group_by: column, ...(query.bucket && { bucket: query.bucket }), currency };
    answerReport(this.rows, reply, { name: 'usage-margin', range, timeZone, asked, report }, query.format);
  }

  @Get('chargeback')
  @Needs('read')
  async showChargeback(
    @Environment() environment: string,
    @Query() query: ChargebackQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const settings = this.settings.of(environment);
    const { timeZone } = settings;
    const split = askedSplit(query, settings);
    const range = askedRange(query, timeZone, Date.now());
    const currency = query.currency?.toUpperCase() ?? settings.currency;
    const { measure = 'credits' } = query;
    const { from, to } = range;
    const report = await this.reports.chargeback({ environment, from, to, split, measure, currency });
    const asked = { ...(query.split !== undefined && { split: query.split }), by: split.by, measure };
    answerReport(this.rows, reply, { name: 'chargeback', range, timeZone, asked, report }, query.format);
  }

  @Get('focus')
  @Needs('read')
  async showFocus(
    @Environment() environment: string,
    @Query() query: FocusQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { currency } = this.settings.of(environment);
    const account = query.account === undefined ? null : accountRef(environment, query.account);
    if (account && !(await this.accounts.find(account))) throw accountNotFound(account.id);
    const range = askedRange(query, FOCUS_ZONE, Date.now());
    const { from, to } = range;
    const report = await this.reports.focus({ environment, account, from, to, currency });
    const asked = { ...(account && { account: account.id }) };
    answerReport(this.rows, reply, { name: 'focus', range, timeZone: FOCUS_ZONE, asked, report }, query.format);
  }
}

function asItIs(value: string): string {
  return value;
}

function keyName(value: string): string {
  return /^[0-9a-f-]{36}$/.test(value) ? publicId('key', value) : value;
}

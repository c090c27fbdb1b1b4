import { AccountReader, DeclineReader, type DeclineRow } from '#ledger-store';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { timeView } from '../lists/time-view.ts';
import { clockOf } from '../rows/clock-of.ts';
import { boundsOf, rangeOf } from '../rows/range.query.ts';
import { formatOf } from '../rows/row-format.ts';
import { RowSender, viewsOf } from '../rows/row-sender.ts';
import { ROWS_MAX, tooManyRows } from '../rows/too-many-rows.ts';
import { declineGroups, DeclineQuery } from './decline.query.ts';
import { declineColumns, declineRowView, type DeclineRowView, type DeclinesView } from './decline.view.ts';

/** As many buckets of a file are read at once. */
const BUCKETS_AT_ONCE = 60;

type Question = Parameters<DeclineReader['read']>[0];

@Controller('v1/declines')
export class DeclinesController {
  constructor(
    private readonly accounts: AccountReader,
    private readonly declines: DeclineReader,
    private readonly rows: RowSender,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('query')
  async report(
    @Environment() environment: string,
    @Query() query: DeclineQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { bucket = 'day' } = query;
    const groups = declineGroups(query);
    const account = query.account === undefined ? null : accountRef(environment, query.account);
    const { timeZone, now } = await clockOf(this.accounts, account, query.time_zone);
    const range = rangeOf(query, now);
    const bounds = boundsOf(bucket, timeZone, range);
    const { reason = null, tag: tags = {} } = query;
    const question = { environment, account: account?.key ?? null, reason, tags, groups, bounds, ...range };
    const viewOf = (row: DeclineRow): DeclineRowView => declineRowView(row, bounds, groups);
    const format = formatOf(reply.request, query.format);
    if (format !== 'json') {
      const pages = viewsOf(this.pagesOf(question), viewOf);
      await this.rows.send(reply, { format, name: 'declines', pages, columns: declineColumns(groups) });
      return;
    }
    const rows = await this.declines.read(question, ROWS_MAX + 1);
    if (rows.length > ROWS_MAX) throw tooManyRows();
    const view: DeclinesView = {
      ...{ from: timeView(range.from), to: timeView(range.to), time_zone: timeZone, bucket, group_by: groups },
      data: rows.map(viewOf),
      total: rows.reduce((sum, { requests }) => sum + requests, 0),
    };
    void reply.send(view);
  }

  /** All rows, those of a few buckets at a time. */
  private async *pagesOf(question: Question): AsyncGenerator<readonly DeclineRow[]> {
    const { bounds, from, to } = question;
    for (let first = 0; first < bounds.length - 1; first += BUCKETS_AT_ONCE) {
      const some = bounds.slice(first, first + BUCKETS_AT_ONCE + 1);
      const part = { from: Math.max(from, some[0] ?? from), to: Math.min(to, some.at(-1) ?? to) };
      const rows = await this.declines.read({ ...question, bounds: some, ...part }, Number.MAX_SAFE_INTEGER);
      yield rows.map((row) => ({ ...row, bucket: row.bucket + first }));
    }
  }
}

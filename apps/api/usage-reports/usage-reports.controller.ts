import { parsePublicId } from '#ledger';
import { AccountReader, Settings } from '#ledger-store';
import { inOrder, together, TooManySums, TooMuchToCross, topGroups, UsageReader, withOther } from '#reports';
import type { UsageQuestion, UsageSums } from '#reports';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountRef } from '../accounts/account-ref.ts';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { timeView } from '../lists/time-view.ts';
import { clockOf } from '../rows/clock-of.ts';
import { boundsOf, rangeOf, type Range } from '../rows/range.query.ts';
import { formatOf } from '../rows/row-format.ts';
import { RowSender, viewsOf } from '../rows/row-sender.ts';
import { ROWS_MAX, tooManyRows } from '../rows/too-many-rows.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { UsageReportQuery, usageShape, type UsageShape } from './usage-report.query.ts';
import {
  usageColumns,
  usageRowView,
  usageTotalView,
  type UsageReportView,
  type UsageRowView,
} from './usage-report.view.ts';

/** Sums are kept by quarters of an hour. */
const SLOT_MS = 15 * 60_000;

type Asked = Pick<UsageShape, 'metric' | 'top'>;

@Controller('v1/usage')
export class UsageReportsController {
  constructor(
    private readonly accounts: AccountReader,
    private readonly settings: Settings,
    private readonly usage: UsageReader,
    private readonly rows: RowSender,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('query')
  async report(
    @Environment() environment: string,
    @Query() query: UsageReportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const viewer = { seesMoney: callerOf(reply.request).account === null };
    const shape = usageShape(query, viewer.seesMoney);
    const account = query.account === undefined ? null : accountRef(environment, query.account);
    const { timeZone, now } = await clockOf(this.accounts, account, query.time_zone);
    const asked = wholeSlots(query, rangeOf(query, now), now);
    const { currency, reportedTags } = this.settings.of(environment);
    const { model = null, event = null, key, tag: tags = {} } = query;
    const filter = { model, event, key: key === undefined ? null : parsePublicId('key', key), tags };
    const { bucket, groups } = shape;
    const about = { environment, account: account?.key ?? null, groups, filter, currency };
    const asOf = await this.usage.catchUp(about);
    const range = await this.usage.rangeOf({ ...about, ...asked, bounds: boundsOf(bucket, timeZone, asked) });
    const bounds = boundsOf(bucket, timeZone, range);
    const question = { ...about, ...range, bounds };
    const viewOf = (sums: UsageSums): UsageRowView => usageRowView(sums, bounds, groups, viewer);
    const format = formatOf(reply.request, query.format);
    if (format !== 'json') {
      const pages = viewsOf(this.pagesOf(question, reportedTags, shape), viewOf);
      await this.rows.send(reply, { format, name: 'usage', pages, columns: usageColumns(groups, viewer) });
      return;
    }
    const sums = await this.read(question, reportedTags);
    const rows = topOf(sums, shape);
    if (rows.length > ROWS_MAX) throw tooManyRows();
    const units = [...new Set(sums.map(({ unit }) => unit))];
    const total = together(sums, { bucket: 0, unit: units[0] ?? '', values: [] });
    const view: UsageReportView = {
      ...{ from: timeView(range.from), to: timeView(range.to), time_zone: timeZone },
      ...{ bucket: shape.bucket, group_by: groups, ...(viewer.seesMoney && { currency }), as_of: timeView(asOf) },
      data: rows.map(viewOf),
      total: usageTotalView(total, viewer, units.length === 1),
    };
    void reply.send(view);
  }

  /** All rows, those of a few buckets at a time; which groups are shown by themselves is found out first. */
  private async *pagesOf(
    question: UsageQuestion,
    reportedTags: readonly string[],
    { metric, top }: Asked,
  ): AsyncGenerator<readonly UsageSums[]> {
    const { bounds, from, to } = question;
    const whole = [bounds[0] ?? from, bounds.at(-1) ?? to];
    const all = top === null ? null : await this.read({ ...question, bounds: whole }, reportedTags);
    const shown = all && topGroups(all, metric, top ?? 0);
    const atOnce = this.usage.bucketsAtOnce(question, reportedTags);
    for (let first = 0; first < bounds.length - 1; first += atOnce) {
      const some = bounds.slice(first, first + atOnce + 1);
      const part = { from: Math.max(from, some[0] ?? from), to: Math.min(to, some.at(-1) ?? to) };
      const sums = await this.read({ ...question, bounds: some, ...part }, reportedTags);
      yield inOrder(withOther(sums, shown), metric).map((row) => ({ ...row, bucket: row.bucket + first }));
    }
  }

  private async read(question: UsageQuestion, reportedTags: readonly string[]): Promise<readonly UsageSums[]> {
    try {
      return await this.usage.read(question, reportedTags);
    } catch (error) {
      if (error instanceof TooManySums) throw tooManyRows();
      if (!(error instanceof TooMuchToCross)) throw error;
      const message = `crosses a tag with something else, or names one that the settings don’t report: ${error.message}. Name an account`;
      throw invalidRequest([{ field: 'group_by', message }]);
    }
  }
}

/** Where nobody has said when the range begins, it begins with a slot. Nothing is later than now, so it may as well end with one. */
function wholeSlots(query: UsageReportQuery, { from, to }: Range, now: number): Range {
  return {
    from: query.from === undefined ? from - (from % SLOT_MS) : from,
    to: query.to === undefined || to >= now ? Math.ceil(to / SLOT_MS) * SLOT_MS : to,
  };
}

function topOf(sums: readonly UsageSums[], { metric, top }: Asked): readonly UsageSums[] {
  return inOrder(withOther(sums, top === null ? null : topGroups(sums, metric, top)), metric);
}

import { ActivityReader, type Movement, type Page } from '#ledger-store';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { followRequest, unknownPosition } from '../lists/follow-request.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { BulkReaders } from '../rows/bulk-readers.ts';
import { formatOf, refusePages } from '../rows/row-format.ts';
import { ROWS_PER_PAGE, RowSender, viewsOf } from '../rows/row-sender.ts';
import { parseInstant } from '../validation/rules.ts';
import { ActivityQuery } from './activity.query.ts';
import { MOVEMENT_COLUMNS, movementView } from './movement.view.ts';

/** What happened to an account's credits, in words. */
@Controller('v1/accounts/:id/activity')
export class ActivityController {
  constructor(
    private readonly activity: ActivityReader,
    private readonly bulk: BulkReaders,
    private readonly rows: RowSender,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async list(
    @Environment() environment: string,
    @Param('id') id: string,
    @Query() query: ActivityQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const range = { from: parseInstant(query.from), to: parseInstant(query.to) };
    const account = accountRef(environment, id);
    const { after } = query;
    const format = formatOf(reply.request, query.format);
    if (format === 'json') {
      const page =
        after === undefined
          ? await this.activity.list(account, range, pageRequest(query))
          : await this.activity.follow(account, range, followRequest('transfer', after, query));
      void reply.send(listView(foundPage(id, page), movementView));
      return;
    }
    refusePages(query);
    const lastSeen = after === undefined ? null : followRequest('transfer', after, query).lastSeen;
    const request = { isForward: after !== undefined, lastSeen, limit: ROWS_PER_PAGE };
    const pages = viewsOf(itemsOf(id, this.bulk.activity.pages(account, range, request)), movementView);
    await this.rows.send(reply, { format, name: 'activity', pages, columns: MOVEMENT_COLUMNS });
  }
}

async function* itemsOf(id: string, pages: AsyncIterable<Page<Movement> | 'unknown' | null>) {
  for await (const page of pages) yield foundPage(id, page).items;
}

function foundPage(id: string, page: Page<Movement> | 'unknown' | null): Page<Movement> {
  if (!page) throw accountNotFound(id);
  if (page === 'unknown') throw unknownPosition('a movement of this account');
  return page;
}

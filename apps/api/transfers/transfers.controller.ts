import type { Transfer } from '#ledger';
import { TransferReader, type Page } from '#ledger-store';
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
import { ROWS_PER_PAGE, RowSender, viewsOf, type Columns } from '../rows/row-sender.ts';
import { parseInstant } from '../validation/rules.ts';
import { TransferQuery } from './transfer.query.ts';
import { transferView, type TransferView } from './transfer.view.ts';

/** An account's statement. */
@Controller('v1/accounts/:id/transfers')
export class TransfersController {
  constructor(
    private readonly transfers: TransferReader,
    private readonly bulk: BulkReaders,
    private readonly rows: RowSender,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async list(
    @Environment() environment: string,
    @Param('id') id: string,
    @Query() query: TransferQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const range = { from: parseInstant(query.from), to: parseInstant(query.to) };
    const account = accountRef(environment, id);
    const viewOf = (transfer: Transfer): TransferView => transferView(id, transfer);
    const format = formatOf(reply.request, query.format);
    if (format === 'json') {
      const page =
        query.after === undefined
          ? await this.transfers.list(account, range, pageRequest(query))
          : await this.transfers.follow(account, range, followRequest('transfer', query.after, query));
      void reply.send(listView(foundPage(id, page), viewOf));
      return;
    }
    refusePages(query);
    const { lastSeen } = query.after === undefined ? NEWEST : followRequest('transfer', query.after, query);
    const isForward = query.after !== undefined;
    const pages = this.bulk.transfers.pages(account, range, { isForward, lastSeen, limit: ROWS_PER_PAGE });
    await this.rows.send(reply, {
      format,
      name: 'transfers',
      pages: viewsOf(itemsOf(id, pages), viewOf),
      columns: COLUMNS,
    });
  }
}

const NEWEST = { lastSeen: null };

/** @throws {ProblemError} `account_not_found`, or `invalid_request` where the last transfer seen is none of the account's */
function foundPage(id: string, page: Page<Transfer> | 'unknown' | null): Page<Transfer> {
  if (!page) throw accountNotFound(id);
  if (page === 'unknown') throw unknownPosition('a transfer of this account');
  return page;
}

async function* itemsOf(id: string, pages: AsyncIterable<Page<Transfer> | 'unknown' | null>) {
  for await (const page of pages) yield foundPage(id, page).items;
}

const COLUMNS: Columns<TransferView> = {
  id: ({ id }) => id,
  transaction_id: ({ transaction_id }) => transaction_id,
  created_at: ({ created_at }) => created_at,
  kind: ({ kind }) => kind,
  debit_account: ({ debit_account }) => debit_account,
  credit_account: ({ credit_account }) => credit_account,
  amount: ({ amount }) => amount,
  grant: ({ grant }) => grant,
  authorization: ({ authorization }) => authorization,
  corrects: ({ corrects }) => corrects,
  reason: ({ reason }) => reason,
};

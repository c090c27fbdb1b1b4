import { TransferReader } from '#ledger-store';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { followRequest, unknownPosition } from '../lists/follow-request.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { parseInstant } from '../validation/rules.ts';
import { TransferQuery } from './transfer.query.ts';
import { transferView } from './transfer.view.ts';

/** An account's statement. */
@Controller('v1/accounts/:id/transfers')
export class TransfersController {
  constructor(private readonly transfers: TransferReader) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async list(@Environment() environment: string, @Param('id') id: string, @Query() query: TransferQuery) {
    const range = { from: parseInstant(query.from), to: parseInstant(query.to) };
    const account = accountRef(environment, id);
    const page =
      query.after === undefined
        ? await this.transfers.list(account, range, pageRequest(query))
        : await this.transfers.follow(account, range, followRequest('transfer', query.after, query));
    if (!page) throw accountNotFound(id);
    if (page === 'unknown') throw unknownPosition('a transfer of this account');
    return listView(page, (transfer) => transferView(id, transfer));
  }
}

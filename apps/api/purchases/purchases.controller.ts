import { accountKey } from '#ledger';
import { PurchaseReader } from '#ledger-store';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { noFields } from '../validation/no-fields.ts';
import { findPurchase } from './purchase-ref.ts';
import { purchaseFilterOf, PurchaseQuery } from './purchase.query.ts';
import { purchaseView } from './purchase.view.ts';

/** What was sold. */
@Controller('v1/purchases')
export class PurchasesController {
  constructor(private readonly purchases: PurchaseReader) {}

  @Get()
  @Needs('read')
  @OfAccount('query')
  async list(@Environment() environment: string, @Query() query: PurchaseQuery) {
    const { account } = query;
    const key = account === undefined ? null : accountKey(environment, account);
    const filter = purchaseFilterOf(key, query);
    return listView(await this.purchases.list(environment, filter, pageRequest(query)), purchaseView);
  }

  @Get(':id')
  @Needs('read')
  @OfAccount('purchase')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    return purchaseView(await findPurchase(this.purchases, environment, 'purchase', id));
  }
}

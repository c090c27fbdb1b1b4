import { accountKey, PAYMENT_STATUSES, PROVIDERS, type PaymentStatus, type ProviderName } from '#ledger';
import type { PurchaseFilter } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId, IsInstant, parseInstant } from '../validation/rules.ts';

export class PurchaseQuery extends PageQuery {
  @Describe('Only purchases of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Only purchases with this status.')
  @IsOptional()
  @IsIn(PAYMENT_STATUSES)
  readonly status?: PaymentStatus;

  @Describe('Only purchases that this provider collects.')
  @IsOptional()
  @IsIn(PROVIDERS)
  readonly provider?: ProviderName;

  @Describe('Only purchases that were begun at this time or later.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Only purchases that were begun before this time.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;
}

export function purchaseFilter(environment: string, query: PurchaseQuery): PurchaseFilter {
  const { account, status, provider, from, to } = query;
  return {
    account: account === undefined ? null : accountKey(environment, account),
    status: status ?? null,
    automatic: null,
    provider: provider ?? null,
    from: parseInstant(from),
    to: parseInstant(to),
  };
}

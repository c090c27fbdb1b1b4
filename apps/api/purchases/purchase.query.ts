import { PAYMENT_STATUSES, PROVIDERS, type AccountKey, type PaymentStatus, type ProviderName } from '#ledger';
import type { PurchaseFilter } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId, IsInstant, parseInstant } from '../validation/rules.ts';

const TRUE_OR_FALSE = ['true', 'false'] as const;

export class TopupQuery extends PageQuery {
  @Describe('Only those with this status.')
  @IsOptional()
  @IsIn(PAYMENT_STATUSES)
  readonly status?: PaymentStatus;

  @Describe('`true`: only those that a rule of the account began; `false`: only the others.')
  @IsOptional()
  @IsIn(TRUE_OR_FALSE)
  readonly automatic?: (typeof TRUE_OR_FALSE)[number];

  @Describe('Only those that this provider collects.')
  @IsOptional()
  @IsIn(PROVIDERS)
  readonly provider?: ProviderName;

  @Describe('Only those that were begun at this time or later.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Only those that were begun before this time.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;
}

export class PurchaseQuery extends TopupQuery {
  @Describe('Only purchases of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;
}

/** @param account `null`: all of the environment's */
export function purchaseFilterOf(
  account: AccountKey | null,
  { status, automatic, provider, from, to }: TopupQuery,
): PurchaseFilter {
  return {
    account,
    status: status ?? null,
    automatic: automatic === undefined ? null : automatic === 'true',
    provider: provider ?? null,
    from: parseInstant(from),
    to: parseInstant(to),
  };
}

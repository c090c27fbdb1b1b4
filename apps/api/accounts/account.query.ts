import {
  ACCOUNT_STATUSES,
  AUTO_TOPUP_STATUSES,
  parsePublicId,
  type AccountStatus,
  type AutoTopupStatus,
} from '#ledger';
import type { AccountFilter } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { Gathered } from '../validation/body-classes.ts';
import { IsAccountId, IsMetadataFilter, IsPlanId, IsText } from '../validation/rules.ts';

export class AccountQuery extends PageQuery {
  @Describe('Only accounts whose id begins like this.')
  @IsOptional()
  @IsAccountId()
  readonly id_prefix?: string;

  @Describe('Only accounts whose name contains this, in upper or lower case.')
  @IsOptional()
  @IsText(1, 256)
  readonly name?: string;

  @Describe('Only accounts with this status.')
  @IsOptional()
  @IsIn(ACCOUNT_STATUSES)
  readonly status?: AccountStatus;

  @Describe('Only accounts that are on this plan.')
  @IsOptional()
  @IsPlanId()
  readonly plan?: string;

  @Describe('Only accounts whose auto top-up has this status.')
  @IsOptional()
  @IsIn(AUTO_TOPUP_STATUSES)
  readonly auto_topup?: AutoTopupStatus;

  @Describe('Only accounts that have exactly this string in their metadata: `metadata.plan=pro`. Up to 10.')
  @Gathered
  @IsOptional()
  @IsMetadataFilter()
  readonly metadata?: Readonly<Record<string, string>>;
}

export function accountFilter(query: AccountQuery): AccountFilter {
  const { id_prefix, name, status, plan, auto_topup, metadata } = query;
  return {
    idPrefix: id_prefix ?? null,
    name: name ?? null,
    status: status ?? null,
    plan: plan === undefined ? null : parsePublicId('plan', plan),
    autoTopup: auto_topup ?? null,
    metadata: metadata ?? {},
  };
}

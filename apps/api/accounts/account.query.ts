import { ACCOUNT_STATUSES, type AccountStatus } from '#ledger';
import type { AccountFilter } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { Gathered } from '../validation/body-classes.ts';
import { IsAccountId, IsMetadataFilter, IsText } from '../validation/rules.ts';

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

  @Describe('Only accounts that have exactly this string in their metadata: `metadata.plan=pro`. Up to 10.')
  @Gathered
  @IsOptional()
  @IsMetadataFilter()
  readonly metadata?: Readonly<Record<string, string>>;
}

export function accountFilter({ id_prefix, name, status, metadata }: AccountQuery): AccountFilter {
  return { idPrefix: id_prefix ?? null, name: name ?? null, status: status ?? null, metadata: metadata ?? {} };
}

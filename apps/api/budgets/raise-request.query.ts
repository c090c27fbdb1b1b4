import { accountKey, RAISE_REQUEST_STATUSES, type RaiseRequestStatus } from '#ledger';
import type { RaiseRequestFilter } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId } from '../validation/rules.ts';

export class RaiseRequestQuery extends PageQuery {
  @Describe('Only requests of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Only requests with this status.')
  @IsOptional()
  @IsIn(RAISE_REQUEST_STATUSES)
  readonly status?: RaiseRequestStatus;
}

export function raiseRequestFilter(environment: string, { account, status }: RaiseRequestQuery): RaiseRequestFilter {
  return { account: account === undefined ? null : accountKey(environment, account), status: status ?? null };
}

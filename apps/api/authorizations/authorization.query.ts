import { AUTHORIZATION_STATUSES, type AuthorizationStatus } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { PageQuery } from '../lists/page-query.ts';
import { IsAccountId } from '../validation/rules.ts';

export class AuthorizationQuery extends PageQuery {
  @Describe('Only authorizations of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Only authorizations with this status.')
  @IsOptional()
  @IsIn(AUTHORIZATION_STATUSES)
  readonly status?: AuthorizationStatus;
}

import { AUTHORIZATION_STATUSES, type AuthorizationStatus } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { IsAccountId } from '../validation/rules.ts';

export class AuthorizationQuery extends PageQuery {
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @IsOptional()
  @IsIn(AUTHORIZATION_STATUSES)
  readonly status?: AuthorizationStatus;
}

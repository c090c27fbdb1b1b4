import { EVENT_TYPES } from '#webhooks';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { IsAccountId } from '../validation/rules.ts';

export class EventQuery extends PageQuery {
  @IsOptional()
  @IsIn(EVENT_TYPES)
  readonly type?: string;

  /** Only what is about this account. */
  @IsOptional()
  @IsAccountId()
  readonly account?: string;
}

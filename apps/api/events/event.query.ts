import { EVENT_TYPES } from '#webhooks';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId, IsPosition } from '../validation/rules.ts';

export class EventQuery extends PageQuery {
  @Describe('Only events of this type.')
  @IsOptional()
  @IsIn(EVENT_TYPES)
  readonly type?: string;

  @Describe('Only events about this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe(
    'Only events after this one, oldest first: with `account` that account’s, without it those of all accounts. Send the last id that you have; `start` begins with the oldest stored event.',
  )
  @IsOptional()
  @IsPosition('event', 'evt_…')
  readonly after?: string;
}

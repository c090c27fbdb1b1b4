import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId } from '../validation/rules.ts';
import { RangeQuery } from './range.query.ts';

export class FocusQuery extends RangeQuery {
  @Describe('Only usage of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;
}

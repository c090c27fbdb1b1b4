import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { PageQuery } from '../lists/page-query.ts';
import { IsInstant } from '../validation/rules.ts';

export class TransferQuery extends PageQuery {
  @Describe('Only transfers that took effect at this instant or later.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Only transfers that took effect before this instant.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;
}

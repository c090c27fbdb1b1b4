import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { RowPageQuery } from '../rows/row-page.query.ts';
import { IsInstant, IsPosition } from '../validation/rules.ts';

export class ActivityQuery extends RowPageQuery {
  @Describe('Only movements that took effect at this instant or later.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Only movements that took effect before this instant. Once it has passed, the list is complete.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @Describe('Only movements after this one, oldest first: the last id that you have. `start` begins with the first.')
  @IsOptional()
  @IsPosition('transfer', 'tr_…')
  readonly after?: string;
}

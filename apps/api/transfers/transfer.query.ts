import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { RowPageQuery } from '../rows/row-page.query.ts';
import { IsInstant, IsPosition } from '../validation/rules.ts';

export class TransferQuery extends RowPageQuery {
  @Describe('Only transfers that took effect at this instant or later.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Only transfers that took effect before this instant. Once it has passed, the list is complete.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @Describe(
    'Only transfers after this one, oldest first: send the last id that you have. `start` begins with the first transfer.',
  )
  @IsOptional()
  @IsPosition('transfer', 'tr_…')
  readonly after?: string;
}

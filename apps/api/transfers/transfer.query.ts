import { IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { IsInstant } from '../validation/rules.ts';

export class TransferQuery extends PageQuery {
  /** Inclusive. */
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  /** Exclusive. */
  @IsOptional()
  @IsInstant()
  readonly to?: string;
}

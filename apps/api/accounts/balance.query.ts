import { IsOptional } from 'class-validator';
import { IsInstant } from '../validation/rules.ts';

export class BalanceQuery {
  /** A past instant; now where it isn't given. */
  @IsOptional()
  @IsInstant()
  readonly at?: string;
}

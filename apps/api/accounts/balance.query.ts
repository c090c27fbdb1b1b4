import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsInstant } from '../validation/rules.ts';

export class BalanceQuery {
  @Describe('A past instant; now where it isn’t given.')
  @IsOptional()
  @IsInstant()
  readonly at?: string;
}

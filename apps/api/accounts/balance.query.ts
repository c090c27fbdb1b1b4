import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsInstant } from '../validation/rules.ts';

export class BalanceQuery {
  @Describe('A past instant. Default: now.')
  @IsOptional()
  @IsInstant()
  readonly at?: string;
}

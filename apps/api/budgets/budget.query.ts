import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsText } from '../validation/rules.ts';

export class BudgetQuery {
  @Describe('Of a budget with `per`: shows the window of this value alone.')
  @IsOptional()
  @IsText(0, 256)
  readonly value?: string;
}

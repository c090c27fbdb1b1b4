import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { Nested } from '../validation/body-classes.ts';
import { IsAccountId, IsInstant } from '../validation/rules.ts';
import { RulesBody } from './rules.body.ts';

export class DryRunBody {
  @Describe('The rules to try: one or several.')
  @Nested(() => RulesBody)
  readonly rule!: RulesBody;

  @Describe('Only this account. Default: all accounts of the environment.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string | null;

  @Describe('From when on, inclusive, by the accounts’ clocks.')
  @IsInstant()
  readonly from!: string;

  @Describe('Until when, exclusive.')
  @IsInstant()
  readonly to!: string;
}

import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsVersion } from '../validation/rules.ts';

export class RateCardQuery {
  @Describe('The version to show. Default: the one in effect, by the environment’s clock.')
  @IsOptional()
  @IsVersion()
  readonly version?: string;
}

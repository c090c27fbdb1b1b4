import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsMonth } from '../validation/month-rules.ts';
import { IsInstant } from '../validation/rules.ts';

/** What every report of usage takes. */
export class RangeQuery {
  @Describe(
    'The month, by the calendar of the environment’s time zone. Default: the current one. Not together with `from` and `to`.',
  )
  @IsOptional()
  @IsMonth()
  readonly period?: string;

  @Describe('From this instant on: a full quarter of an hour. Default: the beginning of the month of `to`.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Before this instant: a full quarter of an hour. Default: the next one.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @Describe('`csv` answers the rows as a file. Default: `json`.')
  @IsOptional()
  @IsIn(['json', 'csv'])
  readonly format?: 'json' | 'csv';
}

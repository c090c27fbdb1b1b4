import { LIMIT_PERIODS, type Period } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { DEFAULT_UNIT } from '../accounts/account.body.ts';
import { Describe } from '../openapi/describe.ts';
import { IsAmount, IsTimeZone, IsUnit } from '../validation/rules.ts';

/** A limit over all accounts of a unit. */
export class LimitBody {
  @Describe('The most that all accounts together may spend and hold in a period.')
  @IsAmount()
  readonly amount!: string;

  @Describe('`day`, `week` (from Monday) or `month` of the calendar, or `total`: all of time.')
  @IsIn(LIMIT_PERIODS)
  readonly period!: Period;

  @Describe('The unit that it counts. Accounts of other units don’t count.', { default: DEFAULT_UNIT })
  @IsOptional()
  @IsUnit()
  readonly unit?: string | null;

  @Describe('The name of the time zone by whose calendar periods begin. Default: that of the settings.')
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string | null;
}

import { formatAmount, parseAmount } from '#amounts';
import { ALERT_PERCENT_MAX, ALERT_THRESHOLDS_MAX, RUN_OUT_DAYS_MAX } from '#ledger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsAmount, IsWhole } from '../validation/rules.ts';

export class AlertsBody {
  @Describe('Thresholds: the used part of the last fill, in percent.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(ALERT_THRESHOLDS_MAX)
  @ArrayUnique()
  @IsWhole(1, ALERT_PERCENT_MAX, { each: true })
  readonly percent?: number[] | null;

  @Describe('Levels: the posted balance, as amounts.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(ALERT_THRESHOLDS_MAX)
  @ArrayUnique(plainLevel)
  @IsAmount({ each: true })
  readonly remaining?: string[] | null;

  @Describe('Purser sends `forecast.runs_out` when the credits are forecast to run out within so many days; 0: never.')
  @IsOptional()
  @IsWhole(0, RUN_OUT_DAYS_MAX)
  readonly run_out_days?: number | null;
}

/** However it is written: "5" and "5.0" are one level, and a level twice would be told twice. */
function plainLevel(level: unknown): unknown {
  const amount = parseAmount(level);
  return amount ? formatAmount(amount) : level;
}

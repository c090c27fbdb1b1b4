import { ALERT_PERCENT_MAX, ALERT_THRESHOLDS_MAX } from '#ledger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsAmount } from '../validation/rules.ts';

export class AlertsBody {
  /** Percentages of the last fill. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(ALERT_THRESHOLDS_MAX)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(ALERT_PERCENT_MAX, { each: true })
  readonly percent?: number[] | null;

  /** Balances. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(ALERT_THRESHOLDS_MAX)
  @ArrayUnique()
  @IsAmount({ each: true })
  readonly remaining?: string[] | null;
}

import { amountOrNull, formatAmount } from '#amounts';
import type { PeriodOrigin } from './period-origin.ts';
import type { Stored } from './stored.ts';

/** Reads where a grant comes from as it is stored. */
export function originFrom({ rollover, ...rest }: Stored<PeriodOrigin>): PeriodOrigin {
  return {
    ...rest,
    rollover: rollover && { ...rollover, max: amountOrNull(rollover.max), percent: amountOrNull(rollover.percent) },
  };
}

export function originJson({ rollover, ...rest }: PeriodOrigin): Stored<PeriodOrigin> {
  return {
    ...rest,
    rollover: rollover && {
      ...rollover,
      max: rollover.max && formatAmount(rollover.max),
      percent: rollover.percent && formatAmount(rollover.percent),
    },
  };
}

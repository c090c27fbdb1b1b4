import { Amount, amountOrNull } from '#amounts';
import type { PlanGrantJson } from '../plan-json.ts';
import type { RecurringTerms } from '../recurring.ts';

/** An allowance of a plan as a recurring grant of an account. @param timeZone the account's */
export function recurringTermsOf(json: PlanGrantJson, timeZone: string): RecurringTerms {
  const { interval, every, priority, expires, rollover, scope, price, currency } = json;
  return {
    amount: new Amount(json.amount),
    interval,
    every,
    timeZone: json.time_zone ?? timeZone,
    category: json.category,
    priority,
    expires: typeof expires === 'number' ? expires * 1000 : expires,
    rollover: rollover && {
      max: amountOrNull(rollover.max),
      percent: amountOrNull(rollover.percent),
      periods: rollover.periods,
    },
    scope,
    price: amountOrNull(price),
    currency,
    prorateFirst: json.prorate_first,
  };
}

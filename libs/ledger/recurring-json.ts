import { Amount, amountOrNull, formatAmount } from '#amounts';
import type { RecurringGrant, RecurringTerms } from './recurring.ts';
import type { Stored } from './stored.ts';

/** Reads a recurring grant as it is stored. */
export function recurringFrom({ terms, last, ...rest }: Stored<RecurringGrant>): RecurringGrant {
  return { ...rest, terms: termsFrom(terms), last: last && { ...last, amount: new Amount(last.amount) } };
}

export function recurringJson({ terms, last, ...rest }: RecurringGrant): Stored<RecurringGrant> {
  return { ...rest, terms: termsJson(terms), last: last && { ...last, amount: formatAmount(last.amount) } };
}

function termsFrom({ amount, price, rollover, ...rest }: Stored<RecurringTerms>): RecurringTerms {
  return {
    ...rest,
    amount: new Amount(amount),
    price: amountOrNull(price),
    rollover: rollover && { ...rollover, max: amountOrNull(rollover.max), percent: amountOrNull(rollover.percent) },
  };
}

function termsJson({ amount, price, rollover, ...rest }: RecurringTerms): Stored<RecurringTerms> {
  return {
    ...rest,
    amount: formatAmount(amount),
    price: price && formatAmount(price),
    rollover: rollover && {
      ...rollover,
      max: rollover.max && formatAmount(rollover.max),
      percent: rollover.percent && formatAmount(rollover.percent),
    },
  };
}

import { Amount } from '#amounts';

const PER_CREDIT_LIMIT = new Amount(10).pow(26);
export const TOO_MUCH_PER_CREDIT = 'must be less than 10^26 for each credit';

/** Whether what a credit costs is an amount itself. */
export function isAmountPerCredit(money: Amount, credits: Amount): boolean {
  return money.div(credits).toDecimalPlaces(12).lt(PER_CREDIT_LIMIT);
}

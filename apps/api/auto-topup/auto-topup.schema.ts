import { AUTO_TOPUP_STATUSES, PROVIDERS, TOPUP_BALANCES, TOPUP_CAP_PERIODS } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, count, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import { type autoTopupView, type capView } from './auto-topup.view.ts';

export const AUTO_TOPUP_SCHEMA = viewSchema<ReturnType<typeof autoTopupView>>(
  'An account’s rule to buy credits when it runs low. If the account has none, its fields are `null`.',
  {
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account’s id.' },
    status: choice(
      AUTO_TOPUP_STATUSES,
      '`suspended`: three payments in a row have failed, or one is disputed or refunded, and the rule buys nothing until it is set again.',
    ),
    enabled: { type: 'boolean', description: 'Whether the rule buys anything.' },
    threshold: orNull(amount('The rule buys credits if the balance is this or lower.')),
    on: orNull(choice(TOPUP_BALANCES, 'Which balance.')),
    amount: orNull(amount('How many credits it buys.')),
    target: orNull(amount('The balance that it buys up to.')),
    package: orNull(id('creditPackage', 'The package that it buys.')),
    price: orNull(amount('What the package costs: money.')),
    price_per_credit: orNull(amount('What a credit costs: money. Prices are rounded to what can be charged.')),
    currency: orNull(text('The ISO 4217 code of the currency.')),
    provider: orNull(choice(PROVIDERS, 'Who collects the payments.')),
    payment_method: orNull(text('The provider’s id of the payment method.')),
    customer: orNull(text('The provider’s id of the customer.')),
    cooldown: orNull(count('How many seconds pass from the beginning of one purchase to that of the next, at least.')),
    max_per_period: orNull(
      viewSchema<ReturnType<typeof capView>>('The most that it buys in a period.', {
        period: choice(TOPUP_CAP_PERIODS, 'The period.'),
        count: orNull(count('How many purchases.')),
        amount: orNull(amount('How many credits.')),
      }),
    ),
    declines: count('How many payments in a row have failed.'),
    next_attempt_at: orNull(
      instant('The balance is low, and the rule has to wait: when it tries again, if the balance is still low then.'),
    ),
    under_way: orNull(id('topup', 'The top-up whose payment is under way, whoever began it.')),
  },
);

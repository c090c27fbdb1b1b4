import { PAYMENT_STATUSES, PROVIDERS } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, id, instant, metadata, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import type { purchaseView, topupView } from './purchase.view.ts';

type PurchaseView = ReturnType<typeof purchaseView>;

const CURRENCY = text('The ISO 4217 code of the currency.');

const SHARED: FieldSchemas<Omit<PurchaseView, 'id' | 'topup'>> = {
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account that the credits are for.' },
  status: choice(PAYMENT_STATUSES, 'What has become of the payment.'),
  credits: amount('How many credits were bought.'),
  bonus_credits: amount('How many came with them for the same price.'),
  price: amount('What they cost: money.'),
  currency: CURRENCY,
  package: orNull(id('creditPackage', 'The package that was bought; `null`: credits at a price each.')),
  provider: choice(PROVIDERS, 'Who collects the payment.'),
  provider_reference: orNull(text('What the provider knows the payment by.')),
  payment_method: orNull(text('The provider’s id of what is charged.')),
  customer: orNull(text('The provider’s id of the customer.')),
  automatic: { type: 'boolean', description: 'Whether a rule of the account began it.' },
  failure: orNull(
    viewSchema<NonNullable<PurchaseView['failure']>>('Why the payment has failed.', {
      code: text('A code: the provider’s, or `canceled` or `amount_mismatch`.'),
      message: text('The reason, in words.'),
    }),
  ),
  action_url: orNull(text('Where the customer confirms the payment.')),
  paid: orNull(
    viewSchema<NonNullable<PurchaseView['paid']>>(
      'What was paid, where it isn’t the price. Nothing was granted for it.',
      {
        amount: amount('The money.'),
        currency: CURRENCY,
      },
    ),
  ),
  grants: {
    type: 'array',
    items: id('grant', 'A grant.'),
    description: 'What was granted: the credits, and the bonus.',
  },
  refunds: {
    type: 'array',
    description: 'What went back, or is about to.',
    items: viewSchema<PurchaseView['refunds'][number]>('Money that goes back.', {
      id: id('refund', 'The refund’s id.'),
      origin: choice(
        ['asked', 'provider', 'dispute'],
        'Whether it was asked for here, made at the provider, or lost in a dispute.',
      ),
      status: choice(['pending', 'succeeded', 'failed'], 'Whether the money is back; if that has failed, it stays.'),
      money: amount('The money, in `currency`.'),
      credits: amount('What that money had paid for, bonus included.'),
      provider_reference: orNull(text('What the provider knows the refund by.')),
      created_at: instant('When it was asked for or recorded.'),
    }),
  },
  refunded: amount('How much money goes back, in `currency`, without refunds that have failed.'),
  refunded_credits: amount('How many credits were taken back, bonus included.'),
  lost_credits: amount(
    'How many credits couldn’t be taken back though their money went back: they were spent or held.',
  ),
  created_at: instant('When the purchase began.'),
  succeeded_at: orNull(instant('When it was paid for.')),
  metadata: metadata(),
};

export const TOPUP_SCHEMA = viewSchema<ReturnType<typeof topupView>>('Credits that an account buys.', {
  id: id('topup', 'The top-up’s id.'),
  purchase: id('purchase', 'The same as a purchase.'),
  ...SHARED,
});

export const PURCHASE_SCHEMA = viewSchema<PurchaseView>('What was sold.', {
  id: id('purchase', 'The purchase’s id.'),
  topup: id('topup', 'The same as a top-up.'),
  ...SHARED,
});

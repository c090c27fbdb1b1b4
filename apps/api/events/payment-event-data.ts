import { PROVIDERS, TOPUP_CAP_PERIODS, type LedgerEvents, type PaymentData, type TopupData } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, count, id, instant, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import type { EventDescription } from './event-description.ts';

type PaymentEventType = Extract<keyof LedgerEvents, `topup.${string}` | `payment.${string}`>;

const CURRENCY = text('The currency, an ISO 4217 code.');
const TOPUP_ID = id('topup', 'The top-up.');
const PURCHASE_ID = id('purchase', 'The same as a purchase.');

const FAILURE = orNull(
  viewSchema<NonNullable<TopupData['failure']>>('Why the payment has failed.', {
    code: text('A code: the provider’s, or `canceled` or `amount_mismatch`.'),
    message: text('The reason, in words.'),
  }),
);

const TOPUP: FieldSchemas<TopupData> = {
  topup: TOPUP_ID,
  purchase: PURCHASE_ID,
  credits: amount('The credits that are bought, without bonus.'),
  bonus_credits: amount('The credits that come on top.'),
  price: amount('The price, in `currency`.'),
  currency: CURRENCY,
  provider: choice(PROVIDERS, 'Who collects the payment.'),
  automatic: { type: 'boolean', description: 'Whether a rule of the account began it.' },
  failure: FAILURE,
  action_url: orNull(text('Where the customer confirms the payment.')),
  paid: orNull(
    viewSchema<NonNullable<TopupData['paid']>>('What was paid, where it isn’t the price.', {
      amount: amount('The money.'),
      currency: CURRENCY,
    }),
  ),
  next_attempt_at: orNull(
    instant(
      'If it has failed: when the account’s auto top-up tries again, if the balance is still low then; `null`: it doesn’t.',
    ),
  ),
  grants: { type: 'array', items: id('grant', 'A grant.'), description: 'What was granted.' },
};

const PAYMENT: FieldSchemas<PaymentData> = { purchase: PURCHASE_ID, topup: TOPUP_ID, currency: CURRENCY };

/** The events of payments, and of money that goes back. */
export const PAYMENT_EVENTS: { readonly [T in PaymentEventType]: EventDescription<LedgerEvents[T]> } = {
  'topup.succeeded': { sentWhen: 'A payment has succeeded, and its credits are granted.', fields: TOPUP },
  'topup.failed': {
    sentWhen: 'A payment has failed or was canceled, or another amount was paid than the price. Nothing is granted.',
    fields: TOPUP,
  },
  'topup.requires_action': {
    sentWhen: 'The customer has to confirm a payment. Send them to `action_url`.',
    fields: TOPUP,
  },
  'topup.suspended': {
    sentWhen:
      'Payments that the account’s auto top-up had begun have failed three times in a row, or one is disputed or refunded: it buys nothing any more.',
    fields: {
      ...PAYMENT,
      topup: id('topup', 'The last of them, or the one that is disputed or refunded.'),
      price: amount('Its price, in `currency`.'),
      provider: choice(PROVIDERS, 'Who collects the payment.'),
      declines: count('How many payments in a row have failed; 0 if one is disputed or refunded.'),
      failure: FAILURE,
    },
  },
  'topup.cap_reached': {
    sentWhen:
      'The balance is low, and the account’s auto top-up has bought as much as it may in this day, week or month; once in each.',
    fields: {
      cap: choice(['count', 'amount'], 'What is limited: the number of purchases, or their credits.'),
      period: choice(TOPUP_CAP_PERIODS, 'The period.'),
      window: viewSchema<LedgerEvents['topup.cap_reached']['window']>('The present one.', {
        start: instant('Its start, or when the limit was set.'),
        end: instant('Its end, exclusive: then the rule may buy again.'),
      }),
      limit: amount('How many purchases or credits the rule may buy in it.'),
      bought: amount('How many it has bought, or begun to buy.'),
    },
  },
  'payment.refunded': {
    sentWhen: 'Money of a purchase goes back: when it is asked for, and when that has succeeded or failed.',
    fields: {
      ...PAYMENT,
      refund: id('refund', 'The refund.'),
      origin: choice(
        ['asked', 'provider', 'dispute'],
        'Whether it was asked for here, made at the provider, or lost in a dispute.',
      ),
      status: choice(['pending', 'succeeded', 'failed'], 'Whether the money is back; if that has failed, it stays.'),
      money: amount('The money, in `currency`.'),
      credits: amount('The credits that were taken back; of a refund that has failed, those that were given again.'),
      lost_credits: amount(
        'The credits that the money had paid for and that couldn’t be taken back: they are spent or held, or have expired.',
      ),
    },
  },
  'payment.disputed': {
    sentWhen: 'The customer’s bank disputes a payment, or has decided who keeps the money.',
    fields: {
      ...PAYMENT,
      state: choice(['opened', 'won', 'lost'], 'Won: you keep the money. Lost: it went back.'),
      reference: text('The provider’s name for the dispute.'),
      money: amount('The disputed money, in `currency`.'),
      credits: amount('The credits that are frozen; released, if it is won; taken back, if it is lost.'),
      lost_credits: amount(
        'If it is lost: the credits that couldn’t be taken back, because they are spent or held, or have expired.',
      ),
    },
  },
};

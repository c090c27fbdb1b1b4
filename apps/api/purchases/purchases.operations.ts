import { idPattern } from '#ledger';
import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import { CANCELED_PURCHASE, CANCELED_TOPUP, CREDIT_PACKAGE, PURCHASE, TOPUP } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { PurchasesController } from './purchases.controller.ts';
import type { TopupsController } from './topups.controller.ts';

const TOPUP_PATH = {
  id: { description: 'The top-up’s id.', schema: { type: 'string', pattern: idPattern('topup') } },
} as const;
const PURCHASE_PATH = {
  id: { description: 'The purchase’s id.', schema: { type: 'string', pattern: idPattern('purchase') } },
} as const;
const THE_TOPUP: AnswerDescription = { description: 'The top-up.', schema: ref('Topup') };
const OF_ACME = { id: 'acme' };

export const TOPUP_OPERATIONS: OperationsOf<TopupsController> = {
  create: {
    id: 'createTopup',
    summary: 'Buy credits',
    description:
      'Begins a purchase of credits. They are granted when the payment has succeeded. An account has at most one purchase under way. Use an `Idempotency-Key`; Purser keeps the keys of top-ups forever.',
    path: ACCOUNT_PATH,
    answers: { 201: { description: 'The top-up, whose payment is pending.', schema: ref('Topup') } },
    problems: [
      'account_not_found',
      'account_closed',
      'topup_under_way',
      'credit_package_not_found',
      'credit_package_archived',
      'no_credit_price',
      'provider_not_allowed',
      'provider_not_configured',
    ],
    examples: [
      {
        name: 'a_package',
        summary: 'A package, paid by invoice',
        path: OF_ACME,
        idempotencyKey: 'invoice-2',
        body: { package: CREDIT_PACKAGE, provider: 'manual', metadata: { invoice: '2' } },
        ids: [TOPUP, PURCHASE],
      },
      {
        name: 'under_way',
        summary: 'A second one at the same time',
        path: OF_ACME,
        body: { package: CREDIT_PACKAGE, provider: 'manual' },
      },
      {
        name: 'credits',
        summary: 'Credits at a price each',
        path: OF_ACME,
        body: { amount: '500', provider: 'manual' },
        ids: [CANCELED_TOPUP, CANCELED_PURCHASE],
      },
    ],
  },
  list: {
    id: 'listTopups',
    summary: 'List an account’s top-ups',
    description: 'Lists what the account has bought, newest first, also what wasn’t paid for.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'A page of top-ups.', schema: listSchema(ref('Topup')) } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The top-ups of a customer', path: OF_ACME }],
  },
  find: {
    id: 'getTopup',
    summary: 'Get a top-up',
    description: 'Returns the top-up.',
    path: TOPUP_PATH,
    answers: { 200: THE_TOPUP },
    problems: ['purchase_not_found'],
    examples: [{ name: 'paid', summary: 'A top-up that is paid for', path: { id: TOPUP } }],
  },
  confirm: {
    id: 'confirmTopup',
    summary: 'Confirm a payment',
    description:
      'Says that the money of a payment by the provider `manual` has come: the credits are granted. Outside live, it does what a payment by `test` asked its customer for. Repeating it changes nothing.',
    path: TOPUP_PATH,
    answers: { 200: THE_TOPUP },
    problems: ['purchase_not_found', 'topup_decided_by_provider'],
    examples: [
      { name: 'by_wire', summary: 'The transfer has arrived', path: { id: TOPUP }, body: { reference: 'wire-77' } },
    ],
  },
  cancel: {
    id: 'cancelTopup',
    summary: 'Cancel a top-up',
    description:
      'Ends a payment that nobody will make, also at its provider. If the provider has taken the money meanwhile, the credits are granted, and the response is 409 `topup_not_under_way`. Repeating it changes nothing.',
    path: TOPUP_PATH,
    answers: { 200: THE_TOPUP },
    problems: [
      'purchase_not_found',
      'topup_not_under_way',
      'topup_decided_by_provider',
      'provider_not_configured',
      'provider_unavailable',
    ],
    examples: [{ name: 'not_paid', summary: 'An invoice that nobody pays', path: { id: CANCELED_TOPUP } }],
  },
  refund: {
    id: 'refundTopup',
    summary: 'Refund a top-up',
    description:
      'Takes back credits that are neither spent nor held, and gives back the money that was paid for them, the bonus in proportion. If you name the credits, their money goes back also where they are spent; those are reported as lost. Use an `Idempotency-Key`; Purser keeps the keys of refunds forever.',
    path: TOPUP_PATH,
    answers: { 200: THE_TOPUP },
    problems: ['purchase_not_found', 'purchase_not_refundable', 'refund_exceeds_purchase'],
    examples: [
      {
        name: 'a_part',
        summary: 'A hundred of the credits',
        path: { id: TOPUP },
        idempotencyKey: 'refund-of-invoice-2',
        body: { credits: '100' },
      },
      { name: 'too_much', summary: 'More than was bought', path: { id: TOPUP }, body: { credits: '1000' } },
    ],
  },
};

export const PURCHASE_OPERATIONS: OperationsOf<PurchasesController> = {
  list: {
    id: 'listPurchases',
    summary: 'List purchases',
    description: 'Lists what the environment has sold, newest first, also what wasn’t paid for.',
    answers: { 200: { description: 'A page of purchases.', schema: listSchema(ref('Purchase')) } },
    examples: [{ name: 'paid', summary: 'What was paid for', query: { status: 'succeeded' } }],
  },
  find: {
    id: 'getPurchase',
    summary: 'Get a purchase',
    description: 'Returns the purchase, which is the same as a top-up.',
    path: PURCHASE_PATH,
    answers: { 200: { description: 'The purchase.', schema: ref('Purchase') } },
    problems: ['purchase_not_found'],
    examples: [{ name: 'paid', summary: 'A purchase that is paid for', path: { id: PURCHASE } }],
  },
};

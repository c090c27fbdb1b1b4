import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import { CREDIT_PACKAGE } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import type { AutoTopupController } from './auto-topup.controller.ts';

const THE_RULE: AnswerDescription = { description: 'The account’s rule.', schema: ref('AutoTopup') };

export const AUTO_TOPUP_OPERATIONS: OperationsOf<AutoTopupController> = {
  read: {
    id: 'getAutoTopup',
    summary: 'Get an account’s auto top-up',
    description: 'Returns the account’s rule to buy credits when it runs low, and what has become of it.',
    path: ACCOUNT_PATH,
    answers: { 200: THE_RULE },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The rule of a customer', path: { id: 'acme' } }],
  },
  set: {
    id: 'setAutoTopup',
    summary: 'Set an account’s auto top-up',
    description:
      'Sets the account’s rule to buy credits when it runs low. If it is new, enabled or enabled again, or paid by another method, and the balance is low, it buys at once; any other change waits for the next move of the balance. The price is the present one: it stays until you set the rule again.',
    path: ACCOUNT_PATH,
    answers: { 200: THE_RULE },
    problems: [
      'account_not_found',
      'account_closed',
      'credit_package_not_found',
      'credit_package_archived',
      'no_credit_price',
      'provider_not_allowed',
      'provider_not_configured',
    ],
    examples: [
      {
        name: 'by_invoice',
        summary: 'A package, by invoice, at 5 credits or less: at most four a month',
        path: { id: 'acme' },
        body: {
          threshold: '5',
          package: CREDIT_PACKAGE,
          provider: 'manual',
          max_per_period: { period: 'month', count: 4 },
        },
      },
      {
        name: 'two_sizes',
        summary: 'An amount and a target',
        path: { id: 'acme' },
        body: { threshold: '50', amount: '500', target: '500', provider: 'manual' },
      },
    ],
  },
  remove: {
    id: 'deleteAutoTopup',
    summary: 'Delete an account’s auto top-up',
    description: 'Deletes the account’s rule. A top-up that it has begun goes on.',
    path: ACCOUNT_PATH,
    answers: { 200: THE_RULE },
    problems: ['account_not_found', 'account_closed'],
    examples: [{ name: 'of_a_customer', summary: 'No rule any more', path: { id: 'acme' } }],
  },
};

import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { AccountAlertsController } from './account-alerts.controller.ts';
import type { AlertsController } from './alerts.controller.ts';

export const ACCOUNT_ALERT_OPERATIONS: OperationsOf<AccountAlertsController> = {
  read: {
    id: 'getAccountAlerts',
    summary: 'Get an account’s alerts',
    description: 'Returns the alert rules that apply to the account, and its current state.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account’s alerts.', schema: ref('AccountAlerts') } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The alerts of a customer', path: { id: 'acme' } }],
  },
  set: {
    id: 'setAccountAlerts',
    summary: 'Set an account’s alerts',
    description: 'Sets the account’s own alert rules. A list that you leave out follows the environment.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account’s updated alerts.', schema: ref('AccountAlerts') } },
    problems: ['account_not_found', 'account_closed'],
    examples: [
      {
        name: 'of_a_customer',
        summary: 'A level of the account’s own',
        path: { id: 'acme' },
        body: { remaining: ['5'] },
      },
    ],
  },
};

export const ALERT_OPERATIONS: OperationsOf<AlertsController> = {
  read: {
    id: 'getAlerts',
    summary: 'Get the environment’s alerts',
    description: 'Returns the alert rules for accounts that have none of their own.',
    answers: { 200: { description: 'The alert rules.', schema: ref('AlertRules') } },
    examples: [{ name: 'of_the_environment', summary: 'The rules of the environment' }],
  },
  set: {
    id: 'setAlerts',
    summary: 'Set the environment’s alerts',
    description:
      'Sets the alert rules for accounts that have none of their own. A list that you leave out goes back to its default.',
    answers: { 200: { description: 'The updated alert rules.', schema: ref('AlertRules') } },
    examples: [{ name: 'at_half', summary: 'At half, and near the end', body: { percent: [50, 95] } }],
  },
};

import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { AccountAlertsController } from './account-alerts.controller.ts';
import type { AlertsController } from './alerts.controller.ts';

export const ACCOUNT_ALERT_OPERATIONS: OperationsOf<AccountAlertsController> = {
  read: {
    id: 'getAccountAlerts',
    summary: 'Get an account’s alerts',
    description: 'The rules that hold for it, and where it stands.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'Its alerts.', schema: ref('AccountAlerts') } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'A customer’s', path: { id: 'acme' } }],
  },
  set: {
    id: 'setAccountAlerts',
    summary: 'Set an account’s alerts',
    description: 'What isn’t given follows the environment.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'Its alerts as they are now.', schema: ref('AccountAlerts') } },
    problems: ['account_not_found'],
    examples: [
      {
        name: 'of_a_customer',
        summary: 'A level of its own',
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
    description: 'The rules of accounts that have none of their own.',
    answers: { 200: { description: 'The rules.', schema: ref('AlertRules') } },
    examples: [{ name: 'of_the_environment', summary: 'The environment’s' }],
  },
  set: {
    id: 'setAlerts',
    summary: 'Set the environment’s alerts',
    description: 'For accounts that have none of their own. What isn’t given is as it was at first.',
    answers: { 200: { description: 'The rules as they are now.', schema: ref('AlertRules') } },
    examples: [{ name: 'at_half', summary: 'At a half, and near the end', body: { percent: [50, 95] } }],
  },
};

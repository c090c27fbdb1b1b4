import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import { BUDGET_NAME } from '../validation/rules.ts';
import type { RecurringGrantsController } from './recurring-grants.controller.ts';

const PATH = {
  ...ACCOUNT_PATH,
  name: {
    description: 'The recurring grant’s name, unique within the account.',
    schema: { type: 'string', pattern: BUDGET_NAME.source },
  },
} as const;
const OF_ACME = { id: 'acme', name: 'allowance' } as const;

export const RECURRING_GRANT_OPERATIONS: OperationsOf<RecurringGrantsController> = {
  put: {
    id: 'putRecurringGrant',
    summary: 'Set a recurring grant',
    description:
      'Grants the account credits in every period from now on, or changes the recurring grant by this name from the next period on. A period that has begun is granted at once, as of its instant, and never twice: no period begins before one of the same name is over, whether or not it was deleted since. An account may have 20.',
    path: PATH,
    answers: {
      201: { description: 'The recurring grant.', schema: ref('RecurringGrant') },
      200: { description: 'The recurring grant, which existed before.', schema: ref('RecurringGrant') },
    },
    problems: ['account_not_found', 'account_closed', 'too_many_recurring_grants'],
    examples: [
      {
        name: 'monthly',
        summary: '400 credits a month, of which 500 may roll over',
        path: OF_ACME,
        body: { amount: '400', interval: 'month', rollover: { max: '500' }, starts_at: '2099-01-01T00:00:00Z' },
      },
      {
        name: 'several_faults',
        summary: 'A malformed request',
        path: OF_ACME,
        body: { amount: '0', interval: 'fortnight', expires: 'never', rollover: { percent: '120' } },
      },
    ],
  },
  list: {
    id: 'listRecurringGrants',
    summary: 'List an account’s recurring grants',
    description: 'Lists all recurring grants of the account, in the order in which they were made.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The recurring grants.', schema: listSchema(ref('RecurringGrant')) } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The recurring grants of a customer', path: { id: 'acme' } }],
  },
  find: {
    id: 'getRecurringGrant',
    summary: 'Get a recurring grant',
    description: 'Returns the recurring grant, with its running period and when the next one begins.',
    path: PATH,
    answers: { 200: { description: 'The recurring grant.', schema: ref('RecurringGrant') } },
    problems: ['account_not_found', 'recurring_grant_not_found'],
    examples: [{ name: 'allowance', summary: 'The allowance of a customer', path: OF_ACME }],
  },
  remove: {
    id: 'deleteRecurringGrant',
    summary: 'Delete a recurring grant',
    description:
      'Takes the recurring grant away. What was granted stays. Set again by the same name, it begins when the last period is over.',
    path: PATH,
    answers: { 200: { description: 'The recurring grant that was taken away.', schema: ref('RecurringGrant') } },
    problems: ['account_not_found', 'recurring_grant_not_found'],
    examples: [{ name: 'allowance', summary: 'A recurring grant', path: OF_ACME }],
  },
  pause: {
    id: 'pauseRecurringGrant',
    summary: 'Pause a recurring grant',
    description:
      'Grants no period that begins until it is resumed. The running period stays. Pausing it again changes nothing.',
    path: PATH,
    answers: { 200: { description: 'The paused recurring grant.', schema: ref('RecurringGrant') } },
    problems: ['account_not_found', 'recurring_grant_not_found'],
    examples: [{ name: 'allowance', summary: 'A recurring grant', path: OF_ACME }],
  },
  resume: {
    id: 'resumeRecurringGrant',
    summary: 'Resume a recurring grant',
    description:
      'Grants the periods that begin from now on. Those that began while it was paused are never granted. Resuming it again changes nothing.',
    path: PATH,
    answers: { 200: { description: 'The recurring grant.', schema: ref('RecurringGrant') } },
    problems: ['account_not_found', 'recurring_grant_not_found'],
    examples: [{ name: 'allowance', summary: 'A recurring grant', path: OF_ACME }],
  },
};

import { idPattern } from '#ledger';
import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import { RAISE_REQUEST, SECOND_RAISE_REQUEST, USER_BUDGET } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import { BUDGET_NAME } from '../validation/rules.ts';
import type { AccountBudgetsController } from './account-budgets.controller.ts';

const BUDGET_PATH = {
  ...ACCOUNT_PATH,
  budget: {
    description: 'The budget’s id or name.',
    schema: {
      anyOf: [
        { type: 'string', pattern: idPattern('budget') },
        { type: 'string', pattern: BUDGET_NAME.source },
      ],
    },
  },
} as const;

export const ACCOUNT_BUDGET_OPERATIONS: OperationsOf<AccountBudgetsController> = {
  create: {
    id: 'createBudget',
    summary: 'Create a budget',
    description:
      'Gives the account a budget: the most that may be spent and held in each period, of everything or of a part of it, for all or for each value of a tag. It counts from now on. An account may have 50. Creating the same budget again returns it with status 200.',
    path: ACCOUNT_PATH,
    answers: {
      201: { description: 'The budget.', schema: ref('Budget') },
      200: { description: 'The budget, which existed before.', schema: ref('Budget') },
    },
    problems: ['account_not_found', 'account_closed', 'budget_exists', 'too_many_budgets'],
    examples: [
      {
        name: 'each_user',
        summary: 'At most 20 a day for each user',
        path: { id: 'acme' },
        body: { name: 'user-day', amount: '20', period: 'day', per: 'user' },
        ids: [USER_BUDGET],
      },
      {
        name: 'other_amount',
        summary: 'A name that is taken',
        path: { id: 'acme' },
        body: { name: 'user-day', amount: '25', period: 'day', per: 'user' },
      },
      {
        name: 'several_faults',
        summary: 'A malformed request',
        path: { id: 'acme' },
        body: { name: 'user day', amount: 20, period: 'year', scope: { team: [] }, thresholds: [0] },
      },
    ],
  },
  list: {
    id: 'listBudgets',
    summary: 'List an account’s budgets',
    description:
      'Lists the budgets of the account, newest first, with what is spent of them in their current periods. Those that every account has are among them.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'A page of budgets.', schema: listSchema(ref('Budget')) } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The budgets of a customer', path: { id: 'acme' } }],
  },
  find: {
    id: 'getBudget',
    summary: 'Get a budget',
    description: 'Returns the budget, with what is spent of it in its current period.',
    path: BUDGET_PATH,
    answers: { 200: { description: 'The budget.', schema: ref('Budget') } },
    problems: ['account_not_found', 'budget_not_found'],
    examples: [
      {
        name: 'of_a_user',
        summary: 'What one user has left today',
        path: { id: 'acme', budget: USER_BUDGET },
        query: { value: 'u_42' },
      },
    ],
  },
  update: {
    id: 'updateBudget',
    summary: 'Update a budget',
    description:
      'Changes what you send of the budget. What was spent stays counted, except with another `period` or `anchor`, which count anew. `null` removes `scope`, `per`, `expected`, `time_zone`, `anchor` and `until`.',
    path: BUDGET_PATH,
    answers: { 200: { description: 'The updated budget.', schema: ref('Budget') } },
    problems: ['account_not_found', 'account_closed', 'budget_not_found'],
    examples: [
      {
        name: 'lower',
        summary: 'A lower amount',
        path: { id: 'acme', budget: 'user-day' },
        body: { amount: '15', thresholds: [80, 100] },
      },
    ],
  },
  remove: {
    id: 'deleteBudget',
    summary: 'Delete a budget',
    description:
      'Takes the budget away. If it is created again by the same name, period and anchor, it goes on with what was spent before.',
    path: BUDGET_PATH,
    answers: { 200: { description: 'The budget that was taken away.', schema: ref('Budget') } },
    problems: ['account_not_found', 'account_closed', 'budget_not_found'],
    examples: [{ name: 'each_user', summary: 'A budget', path: { id: 'acme', budget: 'user-day' } }],
  },
  raise: {
    id: 'raiseBudget',
    summary: 'Raise a budget for a time',
    description:
      'Sets what the budget allows for until a time, after which its own amount holds again. It replaces an earlier raise.',
    path: BUDGET_PATH,
    answers: { 200: { description: 'The raised budget.', schema: ref('Budget') } },
    problems: ['account_not_found', 'account_closed', 'budget_not_found'],
    examples: [
      {
        name: 'for_a_launch',
        summary: 'More until the launch is over',
        path: { id: 'acme', budget: USER_BUDGET },
        body: { amount: '100', until: '2099-01-01T00:00:00Z', reason: 'Launch week' },
      },
    ],
  },
  endRaise: {
    id: 'endBudgetRaise',
    summary: 'End the raise of a budget',
    description: 'Ends the raise at once: the budget’s own amount holds again.',
    path: BUDGET_PATH,
    answers: { 200: { description: 'The budget.', schema: ref('Budget') } },
    problems: ['account_not_found', 'account_closed', 'budget_not_found'],
    examples: [{ name: 'launch_over', summary: 'The launch is over', path: { id: 'acme', budget: USER_BUDGET } }],
  },
  requestRaise: {
    id: 'requestBudgetRaise',
    summary: 'Ask for a raise of a budget',
    description:
      'Asks for a raise, which an operator approves or denies. For keys that may not raise budgets, such as one that is bound to the account. It changes nothing by itself; 20 requests of an account may wait to be decided.',
    path: BUDGET_PATH,
    answers: { 201: { description: 'The request.', schema: ref('RaiseRequest') } },
    problems: ['account_not_found', 'account_closed', 'budget_not_found', 'too_many_raise_requests'],
    examples: [
      {
        name: 'for_a_launch',
        summary: 'More until the launch is over',
        path: { id: 'acme', budget: USER_BUDGET },
        body: { amount: '50', until: '2099-01-01T00:00:00Z', reason: 'Launch week' },
        ids: [RAISE_REQUEST],
      },
      {
        name: 'once_more',
        summary: 'Another request',
        path: { id: 'acme', budget: USER_BUDGET },
        body: { amount: '500', until: '2099-01-01T00:00:00Z', reason: 'Just in case' },
        ids: [SECOND_RAISE_REQUEST],
      },
    ],
  },
};

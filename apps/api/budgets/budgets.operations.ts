import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import { BUDGET_NAME } from '../validation/rules.ts';
import type { BudgetsController } from './budgets.controller.ts';

const PATH = {
  name: { description: 'The budget’s name.', schema: { type: 'string', pattern: BUDGET_NAME.source } },
} as const;

export const BUDGET_OPERATIONS: OperationsOf<BudgetsController> = {
  set: {
    id: 'setCommonBudget',
    summary: 'Set a budget that every account has',
    description:
      'Gives every account a budget, or replaces it. Each account has the whole amount for itself. An account’s own budget of the same name takes its place. It applies in every process within a second.',
    path: PATH,
    answers: {
      201: { description: 'The budget.', schema: ref('CommonBudget') },
      200: { description: 'The budget, which existed before.', schema: ref('CommonBudget') },
    },
    problems: ['too_many_budgets'],
    examples: [
      {
        name: 'a_month',
        summary: 'At most 1,000 a month for every account',
        path: { name: 'account-month' },
        body: { amount: '1000', period: 'month' },
      },
    ],
  },
  list: {
    id: 'listCommonBudgets',
    summary: 'List the budgets that every account has',
    description: 'Lists the budgets that every account has, newest first.',
    answers: { 200: { description: 'A page of budgets.', schema: listSchema(ref('CommonBudget')) } },
    examples: [{ name: 'all', summary: 'All of them' }],
  },
  find: {
    id: 'getCommonBudget',
    summary: 'Get a budget that every account has',
    description: 'Returns the budget.',
    path: PATH,
    answers: { 200: { description: 'The budget.', schema: ref('CommonBudget') } },
    problems: ['budget_not_found'],
    examples: [{ name: 'a_month', summary: 'A budget', path: { name: 'account-month' } }],
  },
  remove: {
    id: 'deleteCommonBudget',
    summary: 'Delete a budget that every account has',
    description: 'Takes the budget away from every account. If it is set again, it goes on with what was spent before.',
    path: PATH,
    answers: { 200: { description: 'The budget that was taken away.', schema: ref('CommonBudget') } },
    problems: ['budget_not_found'],
    examples: [{ name: 'a_month', summary: 'A budget', path: { name: 'account-month' } }],
  },
};

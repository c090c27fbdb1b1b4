import { ref } from '../openapi/body-schemas.ts';
import { PLAN } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import type { AccountPlanController } from './account-plan.controller.ts';

const PATH = { id: { description: 'The account’s id.', schema: ACCOUNT_ID_SCHEMA } } as const;
const THE_PLAN: AnswerDescription = { description: 'The account’s plan.', schema: ref('AccountPlan') };
const AT = { id: 'acme' };

export const ACCOUNT_PLAN_OPERATIONS: OperationsOf<AccountPlanController> = {
  find: {
    id: 'getAccountPlan',
    summary: 'Get an account’s plan',
    description: 'Returns the plan that the account is on, in its version, and the change that is to come.',
    path: PATH,
    answers: { 200: THE_PLAN },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The plan of a customer', path: AT }],
  },
  set: {
    id: 'setAccountPlan',
    summary: 'Put an account on a plan',
    description:
      'Puts an account on a plan, or on none: now, or when the running period of its plan ends. The plan brings its allowances, budgets, rate card, overdraft limit and alert rules; those of the plan before end, and what the account had of its own comes back. Credits that were bought, and those that were granted, stay. A change that is to come takes the place of one that was to come before.',
    path: PATH,
    answers: { 200: THE_PLAN },
    problems: [
      'account_not_found',
      'plan_not_found',
      'rate_card_archived',
      'account_closed',
      'too_many_budgets',
      'unit_mismatch',
    ],
    examples: [
      { name: 'now', summary: 'A plan from now on', path: AT, body: { plan: PLAN } },
      {
        name: 'at_the_end',
        summary: 'No plan when the period ends',
        path: AT,
        body: { plan: null, effective: 'next_period' },
      },
    ],
  },
  end: {
    id: 'endAccountPlan',
    summary: 'End an account’s plan',
    description:
      'Ends the plan now. No further period is granted; the allowances that were granted stay until they expire. What the plan has set goes back to what the account had of its own.',
    path: PATH,
    answers: { 200: THE_PLAN },
    problems: ['account_not_found', 'account_closed'],
    examples: [{ name: 'now', summary: 'A plan that ends', path: AT }],
  },
};

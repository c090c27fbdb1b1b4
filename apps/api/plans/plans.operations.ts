import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { PLAN, RATE_CARD } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { PlansController } from './plans.controller.ts';

const PATH = { id: { description: 'The plan’s id.', schema: { type: 'string', pattern: idPattern('plan') } } } as const;
const OF_CARDS = ['rate_card_not_found', 'rate_card_archived', 'rate_card_purpose_differs'] as const;

export const PLAN_OPERATIONS: OperationsOf<PlansController> = {
  create: {
    id: 'createPlan',
    summary: 'Create a plan',
    description:
      'Creates a plan: allowances that are granted in every period, budgets, a rate card, an overdraft limit and alert rules, which an account gets by one call. A plan that can’t be carried out is refused, with every error at once.',
    answers: { 201: { description: 'The plan.', schema: ref('Plan') } },
    problems: [...OF_CARDS],
    examples: [
      {
        name: 'monthly',
        summary: '1,000 credits a month, of which 500 may roll over',
        idempotencyKey: 'plan-pro',
        body: {
          name: 'Pro',
          recurring_grants: [
            {
              name: 'allowance',
              amount: '1000',
              interval: 'month',
              rollover: { max: '500' },
              price: '20',
              currency: 'USD',
            },
          ],
          budgets: [{ name: 'daily', amount: '200', period: 'day' }],
          rate_card: RATE_CARD,
          overdraft_limit: '10',
        },
        ids: [PLAN],
      },
      {
        name: 'several_faults',
        summary: 'Three faults',
        body: {
          name: 'Pro',
          recurring_grants: [{ name: 'allowance', amount: '0', interval: 'fortnight' }],
          budgets: [{ name: 'daily', amount: '200' }],
        },
      },
    ],
  },
  list: {
    id: 'listPlans',
    summary: 'List plans',
    description: 'Lists the environment’s plans, newest first.',
    answers: { 200: { description: 'A page of plans.', schema: listSchema(ref('Plan')) } },
    examples: [{ name: 'first_page', summary: 'The plans of the environment' }],
  },
  find: {
    id: 'getPlan',
    summary: 'Get a plan',
    description: 'Returns the plan as it is for accounts that come to it now.',
    path: PATH,
    answers: { 200: { description: 'The plan.', schema: ref('Plan') } },
    problems: ['plan_not_found'],
    examples: [{ name: 'monthly', summary: 'A plan', path: { id: PLAN } }],
  },
  update: {
    id: 'updatePlan',
    summary: 'Change a plan',
    description:
      'Changes a plan for accounts that come to it from now on. Accounts that are on it keep what they have, unless `apply` says otherwise. What isn’t given stays; a list that is given replaces the whole list.',
    path: PATH,
    answers: { 200: { description: 'The plan.', schema: ref('Plan') } },
    problems: ['plan_not_found', ...OF_CARDS],
    examples: [
      {
        name: 'another_name',
        summary: 'Another name and no overdraft',
        path: { id: PLAN },
        body: { name: 'Professional', overdraft_limit: null },
      },
    ],
  },
};

import { SPEND_PROBLEMS } from '../authorizations/authorizations.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { ChargesController } from './charges.controller.ts';

export const CHARGE_OPERATIONS: OperationsOf<ChargesController> = {
  charge: {
    id: 'charge',
    summary: 'Charge credits',
    description: 'Authorizes and commits in one step, where you know what was used, or its price.',
    answers: { 201: { description: 'A committed authorization.', schema: ref('Authorization') } },
    tellsStanding: true,
    problems: SPEND_PROBLEMS,
    examples: [
      {
        name: 'chat',
        summary: 'A chat, paid by a promotional grant',
        idempotencyKey: 'request-2',
        body: {
          account: 'acme',
          amount: '0.004',
          usage: { event: 'chat.completed', model: 'claude-sonnet-4-5', input_tokens: 1200, output_tokens: 350 },
          tags: { feature: 'chat' },
        },
      },
      {
        name: 'as_debt',
        summary: 'Usage beyond the credits, as debt',
        body: { account: 'globex', amount: '5' },
      },
      {
        name: 'by_usage',
        summary: 'Usage, by the account’s prices',
        idempotencyKey: 'request-4',
        body: { account: 'acme', usage: { event: 'image.generated', model: 'painter-2', images: 2 } },
      },
    ],
  },
  chargeBatch: {
    id: 'chargeBatch',
    summary: 'Charge credits for many requests',
    description:
      'Up to 1,000 charges. `all_or_nothing` returns 201 if every item passes. Otherwise it charges nothing and returns one problem, the first of the items’ problems in order of precedence, with all `items`. `independent` returns 200, and each item has its own status.',
    answers: {
      201: { description: '`all_or_nothing`: every item is charged.', schema: ref('Batch') },
      200: { description: '`independent`: the decision about each item.', schema: ref('Batch') },
    },
    problems: SPEND_PROBLEMS,
    examples: [
      {
        name: 'all',
        summary: 'All or nothing',
        body: {
          items: [
            { account: 'acme', amount: '0.25' },
            { account: 'acme', amount: '1' },
          ],
        },
      },
    ],
  },
};

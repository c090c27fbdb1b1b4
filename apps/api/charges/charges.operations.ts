import { SPEND_PROBLEMS } from '../authorizations/authorizations.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { ChargesController } from './charges.controller.ts';

export const CHARGE_OPERATIONS: OperationsOf<ChargesController> = {
  charge: {
    id: 'charge',
    summary: 'Charge at once',
    description: 'Authorizes and commits in one step, for a price that is known beforehand.',
    answers: { 201: { description: 'A committed authorization.', schema: ref('Authorization') } },
    problems: SPEND_PROBLEMS,
    examples: [
      {
        name: 'chat',
        summary: 'A chat, which a gift pays for',
        idempotencyKey: 'request-2',
        body: {
          account: 'acme',
          amount: '0.004',
          usage: { event: 'chat.completed', model: 'claude-sonnet-4-5', input_tokens: 1200, output_tokens: 350 },
          tags: { feature: 'chat' },
        },
      },
    ],
  },
  chargeBatch: {
    id: 'chargeBatch',
    summary: 'Charge at once, many times',
    description:
      'Up to 1 000 charges. `all_or_nothing` answers 201, or the gravest item’s problem with all `items`, and then nothing is charged; `independent` answers 200, each item with its own status.',
    answers: {
      201: { description: '`all_or_nothing`: all are charged.', schema: ref('Batch') },
      200: { description: '`independent`: what was decided about each.', schema: ref('Batch') },
    },
    problems: SPEND_PROBLEMS,
    examples: [
      {
        name: 'all',
        summary: 'All or nothing',
        body: {
          items: [
            { account: 'acme', amount: '0.25' },
            { account: 'globex', amount: '1' },
          ],
        },
      },
    ],
  },
};

import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { StandingController } from './standing.controller.ts';

export const STANDING_OPERATIONS: OperationsOf<StandingController> = {
  find: {
    id: 'getStanding',
    summary: 'Get an account’s standing',
    description:
      'Returns how much is left, which limit is nearest, and whether to go on, to economize or to stop: for requests with these tags and this model, sent with this API key. So a product can use a smaller model before it must say no.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'How the account stands.', schema: ref('Standing') } },
    problems: ['account_not_found'],
    examples: [
      { name: 'of_a_customer', summary: 'A customer', path: { id: 'acme' } },
      {
        name: 'of_a_user',
        summary: 'One of its users',
        path: { id: 'acme' },
        query: { 'tag.user': 'u-184', model: 'gpt-5' },
      },
    ],
  },
};

import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import { orFile } from '../rows/or-file.ts';
import type { ActivityController } from './activity.controller.ts';

export const ACTIVITY_OPERATIONS: OperationsOf<ActivityController> = {
  list: {
    id: 'listActivity',
    summary: 'Get an account’s activity',
    description:
      'Lists every movement of the account’s credits, newest first: when, why, for which model and how much of it, and the balance after it. ' +
      'Movements are those of the account’s transfers, in the order in which they were booked. `from`, `to` and `after` are those of the statement.',
    path: ACCOUNT_PATH,
    answers: {
      200: orFile({ description: 'A page of movements, or all of them.', schema: listSchema(ref('Movement')) }),
    },
    problems: ['account_not_found'],
    examples: [
      { name: 'latest', summary: 'The latest two', path: { id: 'acme' }, query: { limit: '2' } },
      {
        name: 'from_the_start',
        summary: 'From the start',
        path: { id: 'acme' },
        query: { after: 'start', limit: '2' },
      },
    ],
  },
};

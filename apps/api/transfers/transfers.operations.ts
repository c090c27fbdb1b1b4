import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import { FIRST_TRANSFER, SECOND_TRANSFER } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import { orFile } from '../rows/or-file.ts';
import type { TransfersController } from './transfers.controller.ts';

export const TRANSFER_OPERATIONS: OperationsOf<TransfersController> = {
  list: {
    id: 'listTransfers',
    summary: 'Get an account’s statement',
    description:
      'Lists every movement of the account’s credits, newest first. `from` (inclusive) and `to` (exclusive) filter on `created_at`. ' +
      'A window whose `to` has passed is complete: Purser books no transfer in it later, so windows that follow one another have ' +
      'every transfer once. Without `to`, or while it is in the future, a later request can show more. ' +
      'With `after`, it lists the transfers after the given one, oldest first. To follow an account, send the `id` of the last ' +
      'transfer that you have, again and again: you miss no transfer and get none twice. The order is the one in which Purser ' +
      'booked the transfers, which can differ from the order of `created_at`.',
    path: ACCOUNT_PATH,
    answers: {
      200: orFile({ description: 'A page of transfers, or all of them.', schema: listSchema(ref('Transfer')) }),
    },
    problems: ['account_not_found'],
    examples: [
      { name: 'latest', summary: 'The latest three', path: { id: 'acme' }, query: { limit: '3' } },
      {
        name: 'from_the_start',
        summary: 'Followed from the start',
        path: { id: 'acme' },
        query: { after: 'start', limit: '2' },
        ids: [FIRST_TRANSFER, SECOND_TRANSFER],
      },
      {
        name: 'further_on',
        summary: 'The transfer after the last one seen',
        path: { id: 'acme' },
        query: { after: SECOND_TRANSFER, limit: '1' },
      },
    ],
  },
};

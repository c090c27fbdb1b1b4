import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { TransfersController } from './transfers.controller.ts';

export const TRANSFER_OPERATIONS: OperationsOf<TransfersController> = {
  list: {
    id: 'listTransfers',
    summary: 'Get an account’s statement',
    description:
      'Lists every movement of the account’s credits, newest first. `from` (inclusive) and `to` (exclusive) filter on `created_at`.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'A page of transfers.', schema: listSchema(ref('Transfer')) } },
    problems: ['account_not_found'],
    examples: [{ name: 'latest', summary: 'The latest three', path: { id: 'acme' }, query: { limit: '3' } }],
  },
};

import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { RAISE_REQUEST, SECOND_RAISE_REQUEST } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { RaiseRequestsController } from './raise-requests.controller.ts';

const PATH = {
  id: { description: 'The request’s id.', schema: { type: 'string', pattern: idPattern('raiseRequest') } },
} as const;

export const RAISE_REQUEST_OPERATIONS: OperationsOf<RaiseRequestsController> = {
  list: {
    id: 'listRaiseRequests',
    summary: 'List requests for raises',
    description: 'Lists the raises of budgets that were asked for, newest first.',
    answers: { 200: { description: 'A page of requests.', schema: listSchema(ref('RaiseRequest')) } },
    examples: [{ name: 'pending', summary: 'Those to decide on', query: { status: 'pending' } }],
  },
  approve: {
    id: 'approveRaiseRequest',
    summary: 'Approve a request for a raise',
    description: 'Raises the budget as asked for. Approving it again returns the same result.',
    path: PATH,
    answers: { 200: { description: 'The approved request.', schema: ref('RaiseRequest') } },
    problems: ['raise_request_not_found', 'raise_request_decided', 'account_not_found', 'account_closed'],
    examples: [{ name: 'of_a_customer', summary: 'A request', path: { id: RAISE_REQUEST } }],
  },
  deny: {
    id: 'denyRaiseRequest',
    summary: 'Deny a request for a raise',
    description: 'Leaves the budget as it is. Denying the request again returns the same result.',
    path: PATH,
    answers: { 200: { description: 'The denied request.', schema: ref('RaiseRequest') } },
    problems: ['raise_request_not_found', 'raise_request_decided', 'account_not_found', 'account_closed'],
    examples: [
      {
        name: 'of_a_customer',
        summary: 'A request',
        path: { id: SECOND_RAISE_REQUEST },
        body: { reason: 'The launch is over' },
      },
    ],
  },
};

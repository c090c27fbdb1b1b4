import { idPattern } from '#ledger';
import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import { GIFT, PAID_GRANT } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { GrantsController } from './grants.controller.ts';

const GRANT_PATH = {
  id: { description: 'The grant’s id.', schema: { type: 'string', pattern: idPattern('grant') } },
} as const;

export const GRANT_OPERATIONS: OperationsOf<GrantsController> = {
  create: {
    id: 'createGrant',
    summary: 'Grant credits',
    description:
      'Grants credits to an account. The grant repays the account’s debt first. Use an `Idempotency-Key`, for example the invoice number; Purser keeps the keys of grants forever.',
    path: ACCOUNT_PATH,
    answers: { 201: { description: 'The grant.', schema: ref('Grant') } },
    problems: ['account_not_found', 'grant_already_expired', 'account_closed'],
    examples: [
      {
        name: 'paid',
        summary: 'Paid credits',
        path: { id: 'acme' },
        idempotencyKey: 'invoice-1',
        body: { amount: '100', amount_paid: '1', currency: 'USD', metadata: { invoice: '1' } },
        ids: [PAID_GRANT],
      },
      {
        name: 'gift',
        summary: 'Promotional credits, for chat only',
        path: { id: 'acme' },
        body: {
          amount: '20',
          category: 'promotional',
          priority: 50,
          expires_at: '2099-01-01T00:00:00Z',
          scope: { events: ['chat.completed'], tags: { feature: 'chat' } },
        },
        ids: [GIFT],
      },
      {
        name: 'expired',
        summary: 'A grant that has already expired',
        path: { id: 'acme' },
        body: { amount: '1', expires_at: '2020-01-01T00:00:00Z' },
      },
      {
        name: 'several_faults',
        summary: 'A malformed request',
        path: { id: 'acme' },
        body: { amount: 12.5, priority: 256, expires: 'never' },
      },
    ],
  },
  list: {
    id: 'listGrants',
    summary: 'List an account’s grants',
    description: 'Lists all grants of the account, including exhausted and expired ones, newest first.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'A page of grants.', schema: listSchema(ref('Grant')) } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The grants of a customer', path: { id: 'acme' } }],
  },
  find: {
    id: 'getGrant',
    summary: 'Get a grant',
    description: 'Returns the grant.',
    path: GRANT_PATH,
    answers: { 200: { description: 'The grant.', schema: ref('Grant') } },
    problems: ['grant_not_found'],
    examples: [{ name: 'gift', summary: 'A promotional grant', path: { id: GIFT } }],
  },
  void: {
    id: 'voidGrant',
    summary: 'Void a grant',
    description:
      'Takes back the credits that are neither spent nor held. Credits reserved by holds stay reserved. Repeating the void returns the same result.',
    path: GRANT_PATH,
    answers: { 200: { description: 'The voided grant.', schema: ref('Grant') } },
    problems: ['grant_not_found', 'grant_not_voidable', 'returned_exceeds_paid'],
    examples: [{ name: 'gift', summary: 'A promotional grant', path: { id: GIFT } }],
  },
};

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
      'Gives credits to an account. Its debt is repaid out of them first. Use an `Idempotency-Key`, the invoice’s number say: those of grants are kept forever.',
    path: ACCOUNT_PATH,
    answers: { 201: { description: 'The grant.', schema: ref('Grant') } },
    problems: ['account_not_found', 'grant_already_expired'],
    examples: [
      {
        name: 'paid',
        summary: 'Credits that were paid for',
        path: { id: 'acme' },
        idempotencyKey: 'invoice-1',
        body: { amount: '100', cost_basis: '0.01', metadata: { invoice: '1' } },
        ids: [PAID_GRANT],
      },
      {
        name: 'gift',
        summary: 'A gift, for chat only',
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
        summary: 'One that would never count',
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
    description: 'All of them, those that are used up or expired too, newest first.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'A page of grants.', schema: listSchema(ref('Grant')) } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'A customer’s', path: { id: 'acme' } }],
  },
  find: {
    id: 'getGrant',
    summary: 'Get a grant',
    description: 'The grant as it is now.',
    path: GRANT_PATH,
    answers: { 200: { description: 'The grant.', schema: ref('Grant') } },
    problems: ['grant_not_found'],
    examples: [{ name: 'gift', summary: 'A gift', path: { id: GIFT } }],
  },
  void: {
    id: 'voidGrant',
    summary: 'Void a grant',
    description:
      'Takes back what is neither spent nor held. What holds have pinned stays theirs. Again it answers the same.',
    path: GRANT_PATH,
    answers: { 200: { description: 'The grant as it is now.', schema: ref('Grant') } },
    problems: ['grant_not_found', 'grant_not_voidable'],
    examples: [{ name: 'gift', summary: 'A gift', path: { id: GIFT } }],
  },
};

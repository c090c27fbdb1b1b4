import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { FIRST_OF_BATCH, HOLD, SECOND_OF_BATCH } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { ProblemCode } from '../problems/problem.ts';
import type { AuthorizationsController } from './authorizations.controller.ts';

const PATH = {
  id: { description: 'The authorization’s id.', schema: { type: 'string', pattern: idPattern('authorization') } },
} as const;
const THE_AUTHORIZATION: AnswerDescription = {
  description: 'The authorization as it is now, with the account’s balance.',
  schema: ref('Authorization'),
};
const WANT_OF_CREDITS: readonly ProblemCode[] = ['insufficient_credits', 'credits_held'];

/** What a request for credits may be refused by, alone or in a batch. */
export const SPEND_PROBLEMS: readonly ProblemCode[] = ['account_not_found', 'account_suspended', ...WANT_OF_CREDITS];

export const AUTHORIZATION_OPERATIONS: OperationsOf<AuthorizationsController> = {
  authorize: {
    id: 'authorize',
    summary: 'Hold credits',
    description:
      'Holds credits before the model runs. An approved authorization pins its amount: nothing else can spend it, and a commit of no more can’t fail for want of credits.',
    answers: { 201: THE_AUTHORIZATION },
    problems: [...SPEND_PROBLEMS, 'too_many_holds'],
    examples: [
      {
        name: 'hold',
        summary: 'The most that a request may cost',
        idempotencyKey: 'request-1',
        body: {
          account: 'acme',
          amount: '4',
          expires_in: 300,
          usage: { event: 'image.generated', model: 'painter-2', images: 4 },
          tags: { user: 'jo' },
        },
        ids: [HOLD],
      },
      {
        name: 'held',
        summary: 'Declined: other holds have it',
        body: { account: 'acme', amount: '98' },
      },
      {
        name: 'insufficient',
        summary: 'Declined: there isn’t enough',
        body: { account: 'acme', amount: '1000' },
      },
      { name: 'suspended', summary: 'Declined: the account is suspended', body: { account: 'globex', amount: '1' } },
      { name: 'unknown_account', summary: 'An account that isn’t there', body: { account: 'initech', amount: '1' } },
      { name: 'two_faults', summary: 'A malformed request', body: { account: 'acme', amount: '-4', user: 'jo' } },
    ],
  },
  authorizeBatch: {
    id: 'authorizeBatch',
    summary: 'Hold credits, many times',
    description:
      'Up to 1 000 authorizations, for one account or many, decided against one state: no other request comes in between. `all_or_nothing` answers 201, or the gravest item’s problem with all `items`, and then nothing is held; `independent` answers 200, each item with its own status.',
    answers: {
      201: { description: '`all_or_nothing`: all are held.', schema: ref('Batch') },
      200: { description: '`independent`: what was decided about each.', schema: ref('Batch') },
    },
    problems: [...SPEND_PROBLEMS, 'too_many_holds'],
    examples: [
      {
        name: 'all',
        summary: 'All or nothing',
        idempotencyKey: 'batch-1',
        body: {
          items: [
            { account: 'acme', amount: '1' },
            { account: 'acme', amount: '2' },
          ],
        },
        ids: [FIRST_OF_BATCH, SECOND_OF_BATCH],
      },
      {
        name: 'one_falls_short',
        summary: 'All or nothing, and one falls short',
        body: {
          items: [
            { account: 'acme', amount: '1' },
            { account: 'acme', amount: '4000' },
          ],
        },
      },
      {
        name: 'independent',
        summary: 'Each on its own',
        body: {
          mode: 'independent',
          items: [
            { account: 'acme', amount: '0.5' },
            { account: 'acme', amount: '4000' },
          ],
        },
      },
    ],
  },
  commitBatch: {
    id: 'commitBatch',
    summary: 'Commit many',
    description: 'Up to 1 000 commits, each on its own, in order; each item is answered with its own status.',
    answers: { 200: { description: 'What became of each.', schema: ref('Batch') } },
    examples: [
      {
        name: 'one_of_two',
        summary: 'One of them is unknown',
        body: {
          items: [
            { authorization: FIRST_OF_BATCH, amount: '0.75' },
            { authorization: 'auth_01m7xxdjt0e0294rhh148wft1b', amount: '1' },
          ],
        },
      },
    ],
  },
  list: {
    id: 'listAuthorizations',
    summary: 'List authorizations',
    description: 'Of the environment, or of one account, newest first. Charges are authorizations too.',
    answers: { 200: { description: 'A page of authorizations.', schema: listSchema(ref('Authorization')) } },
    examples: [
      { name: 'open', summary: 'A customer’s open ones', query: { account: 'acme', status: 'authorized', limit: '1' } },
    ],
  },
  find: {
    id: 'getAuthorization',
    summary: 'Get an authorization',
    description: 'The authorization. One whose time has run out is shown as `expired` at once.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: ['authorization_not_found'],
    examples: [{ name: 'hold', summary: 'An open one', path: { id: HOLD } }],
  },
  commit: {
    id: 'commitAuthorization',
    summary: 'Commit what was used',
    description:
      'Charges what was really used and releases the rest. More than was held is charged by the overage policy; only under `reject` is it declined. The same commit again answers the same.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: [
      'authorization_not_found',
      'authorization_committed',
      'authorization_voided',
      'commit_too_late',
      ...WANT_OF_CREDITS,
    ],
    examples: [
      {
        name: 'part',
        summary: 'A part; the rest stays held',
        path: { id: HOLD },
        idempotencyKey: 'request-1-part-1',
        body: { amount: '1.5', final: false },
      },
      { name: 'final', summary: 'The last part', path: { id: HOLD }, body: { amount: '2.25' } },
      { name: 'another_amount', summary: 'Once more, with another amount', path: { id: HOLD }, body: { amount: '3' } },
    ],
  },
  void: {
    id: 'voidAuthorization',
    summary: 'Release a hold',
    description: 'Ends it without a further charge. Again it answers the same.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: ['authorization_not_found', 'authorization_committed', 'authorization_expired'],
    examples: [{ name: 'not_run', summary: 'The model didn’t run', path: { id: SECOND_OF_BATCH } }],
  },
  extend: {
    id: 'extendAuthorization',
    summary: 'Hold more, or for longer',
    description:
      'More credits, more time, or both; all or nothing. Use an `Idempotency-Key`: sent twice without one, an amount is added twice.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: [
      'authorization_not_found',
      'authorization_committed',
      'authorization_voided',
      'authorization_expired',
      'account_suspended',
      ...WANT_OF_CREDITS,
    ],
    examples: [
      {
        name: 'longer_answer',
        summary: 'A longer answer than expected',
        path: { id: HOLD },
        idempotencyKey: 'request-1-more',
        body: { amount: '2', expires_in: 600 },
      },
    ],
  },
  refund: {
    id: 'refundAuthorization',
    summary: 'Give committed credits back',
    description:
      'To the account’s debt first, then to the grants they came from, the last drawn first. Use an `Idempotency-Key`; those of refunds are kept forever.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: ['authorization_not_found', 'authorization_open', 'refund_exceeds_committed'],
    examples: [
      {
        name: 'part',
        summary: 'A part of it',
        path: { id: HOLD },
        idempotencyKey: 'complaint-1',
        body: { amount: '1', reason: 'The picture was blurred.' },
      },
      { name: 'too_much', summary: 'More than was committed', path: { id: HOLD }, body: { amount: '100' } },
    ],
  },
};

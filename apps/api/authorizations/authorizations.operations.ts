import { ref } from '../openapi/body-schemas.ts';
import {
  FITTED_HOLD,
  FIRST_OF_BATCH,
  HOLD,
  SECOND_OF_BATCH,
  UNPRICED_HOLD,
  USAGE_HOLD,
} from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import { orFile } from '../rows/or-file.ts';
import type { ProblemCode } from '../problems/problem.ts';
import { LIMIT_PROBLEMS } from '../problems/problem-schemas.ts';
import type { AuthorizationsController } from './authorizations.controller.ts';
import { PATH, SETTLING_OPERATIONS, THE_AUTHORIZATION, WANT_OF_CREDITS } from './settling.operations.ts';

/** What a request for credits may be refused by, alone or in a batch. */
export const SPEND_PROBLEMS: readonly ProblemCode[] = [
  'account_not_found',
  'account_closed',
  'account_suspended',
  'no_rate_card',
  'unpriced_usage',
  ...LIMIT_PROBLEMS,
  ...WANT_OF_CREDITS,
];

export const AUTHORIZATION_OPERATIONS: OperationsOf<AuthorizationsController> = {
  authorize: {
    id: 'authorize',
    summary: 'Hold credits',
    description:
      'Holds credits before the model runs. An approved authorization reserves its amount: nothing else can spend it, and a commit of up to that amount never fails for lack of credits.',
    answers: { 201: THE_AUTHORIZATION },
    tellsStanding: true,
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
        name: 'by_usage',
        summary: 'The most that usage may cost by the account’s prices',
        idempotencyKey: 'request-3',
        body: {
          account: 'acme',
          usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 600 },
          max_output_tokens: 1000,
          tags: { user: 'jo' },
          group: 'conversation-17',
        },
        ids: [USAGE_HOLD],
      },
      {
        name: 'fit',
        summary: 'As much output as the credits suffice for',
        body: {
          account: 'umbrella',
          usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 600 },
          fit: true,
          min_output_tokens: 100,
        },
        ids: [FITTED_HOLD],
      },
      {
        name: 'images',
        summary: 'The most that images cost',
        body: { account: 'acme', usage: { event: 'image.generated', images: 1 } },
        ids: [UNPRICED_HOLD],
      },
      {
        name: 'unpriced',
        summary: 'Usage without a price',
        body: { account: 'acme', usage: { event: 'chat.completed', model: 'claude-sonnet-4-5', input_tokens: 600 } },
      },
      {
        name: 'held',
        summary: 'Declined: the credits are held by other authorizations',
        body: { account: 'acme', amount: '98' },
      },
      {
        name: 'insufficient',
        summary: 'Declined: not enough credits',
        body: { account: 'acme', amount: '1000' },
      },
      {
        name: 'over_budget',
        summary: 'Declined: the budget of this user doesn’t suffice',
        body: { account: 'acme', amount: '21', tags: { user: 'u_42' } },
      },
      { name: 'suspended', summary: 'Declined: the account is suspended', body: { account: 'acme', amount: '1' } },
      { name: 'unknown_account', summary: 'An account that doesn’t exist', body: { account: 'initech', amount: '1' } },
      { name: 'two_faults', summary: 'A malformed request', body: { account: 'acme', amount: '-4', user: 'jo' } },
    ],
  },
  authorizeBatch: {
    id: 'authorizeBatch',
    summary: 'Hold credits for many requests',
    description:
      'Up to 1,000 authorizations, for one account or many, decided against one state: no other request is decided in between. `all_or_nothing` returns 201 if every item passes. Otherwise it holds nothing and returns one problem, the first of the items’ problems in order of precedence, with all `items`. `independent` returns 200, and each item has its own status.',
    answers: {
      201: { description: '`all_or_nothing`: every item is held.', schema: ref('Batch') },
      200: { description: '`independent`: the decision about each item.', schema: ref('Batch') },
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
      {
        name: 'by_usage',
        summary: 'By usage; one has no price',
        body: {
          mode: 'independent',
          items: [
            {
              account: 'acme',
              usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 150 },
            },
            { account: 'acme', usage: { event: 'audio.transcribed', audio_seconds: 60 } },
          ],
        },
      },
    ],
  },
  list: {
    id: 'listAuthorizations',
    summary: 'List authorizations',
    description:
      'Lists the authorizations of the environment or of one account, newest first. Charges are authorizations too. ' +
      'Filters on `account`, `status` and times are answered from indexes. With `model`, `event`, `tag.NAME`, `key` or `group`, a page ' +
      'looks at no more than 10,000 authorizations: it may have fewer than `limit`, or none, and still a `next_cursor` to go on with. ' +
      '`from` and `to` narrow down what is looked at.',
    answers: {
      200: orFile({
        description: 'A page of authorizations, or all of them.',
        schema: listSchema(ref('Authorization')),
      }),
    },
    examples: [
      {
        name: 'open',
        summary: 'The open authorizations of a customer',
        query: { account: 'acme', status: 'authorized', limit: '1' },
      },
      {
        name: 'of_a_user',
        summary: 'What a user used of a model, oldest first',
        query: { account: 'acme', model: 'gpt-5', 'tag.user': 'jo', order: 'asc', limit: '1' },
      },
    ],
  },
  find: {
    id: 'getAuthorization',
    summary: 'Get an authorization',
    description: 'Returns the authorization. Once its hold has expired, it is shown as `expired` at once.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: ['authorization_not_found'],
    examples: [{ name: 'hold', summary: 'An open authorization', path: { id: HOLD } }],
  },
  void: {
    id: 'voidAuthorization',
    summary: 'Release a hold',
    description: 'Closes the authorization without a further charge. Repeating the void returns the same result.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: ['authorization_not_found', 'authorization_committed', 'authorization_expired'],
    examples: [{ name: 'not_run', summary: 'The model didn’t run', path: { id: SECOND_OF_BATCH } }],
  },
  extend: {
    id: 'extendAuthorization',
    summary: 'Extend a hold',
    description:
      'Holds more credits, holds them for longer, or both; all or nothing. An authorization takes 1,000 partial commits and extensions of its amount; its time can always be extended. Use an `Idempotency-Key`: sent twice without one, an amount is added twice.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: [
      'authorization_not_found',
      'authorization_committed',
      'authorization_voided',
      'authorization_expired',
      'too_many_steps',
      'account_suspended',
      'no_rate_card',
      'unpriced_usage',
      ...LIMIT_PROBLEMS,
      ...WANT_OF_CREDITS,
    ],
    examples: [
      {
        name: 'longer_answer',
        summary: 'A longer response than expected',
        path: { id: HOLD },
        idempotencyKey: 'request-1-more',
        body: { amount: '2', expires_in: 600 },
      },
      {
        name: 'second_answer',
        summary: 'What a second answer may use',
        path: { id: USAGE_HOLD },
        idempotencyKey: 'request-3-more',
        body: { usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 400 }, max_output_tokens: 500 },
      },
    ],
  },
  ...SETTLING_OPERATIONS,
};

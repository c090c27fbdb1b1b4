import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import {
  FIRST_OF_BATCH,
  FITTED_HOLD,
  HOLD,
  SECOND_OF_BATCH,
  UNPRICED_HOLD,
  USAGE_HOLD,
} from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { ProblemCode } from '../problems/problem.ts';
import type { AuthorizationsController } from './authorizations.controller.ts';

const PATH = {
  id: { description: 'The authorization’s id.', schema: { type: 'string', pattern: idPattern('authorization') } },
} as const;
const THE_AUTHORIZATION: AnswerDescription = {
  description: 'The authorization, with the account’s balance.',
  schema: ref('Authorization'),
};
const WANT_OF_CREDITS: readonly ProblemCode[] = ['insufficient_credits', 'credits_held'];

/** What a request for credits may be refused by, alone or in a batch. */
export const SPEND_PROBLEMS: readonly ProblemCode[] = [
  'account_not_found',
  'account_closed',
  'account_suspended',
  'no_rate_card',
  'unpriced_usage',
  ...WANT_OF_CREDITS,
];

export const AUTHORIZATION_OPERATIONS: OperationsOf<AuthorizationsController> = {
  authorize: {
    id: 'authorize',
    summary: 'Hold credits',
    description:
      'Holds credits before the model runs. An approved authorization reserves its amount: nothing else can spend it, and a commit of up to that amount never fails for lack of credits.',
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
  commitBatch: {
    id: 'commitBatch',
    summary: 'Commit many authorizations',
    description:
      'Up to 1,000 commits, each on its own, in order. Each item has its own status: the one that the commit would have alone.',
    answers: { 200: { description: 'The result of each commit.', schema: ref('Batch') } },
    examples: [
      {
        name: 'one_of_two',
        summary: 'One authorization is unknown',
        body: {
          items: [
            { authorization: FIRST_OF_BATCH, amount: '0.75' },
            { authorization: 'auth_01m7xxdjt0e0294rhh148wft1b', amount: '1' },
          ],
        },
      },
      {
        name: 'unknown_usage',
        summary: 'The stream broke off, and nothing is known',
        body: { items: [{ authorization: FITTED_HOLD, settlement: 'unknown' }] },
      },
    ],
  },
  list: {
    id: 'listAuthorizations',
    summary: 'List authorizations',
    description:
      'Lists the authorizations of the environment or of one account, newest first. Charges are authorizations too.',
    answers: { 200: { description: 'A page of authorizations.', schema: listSchema(ref('Authorization')) } },
    examples: [
      {
        name: 'open',
        summary: 'The open authorizations of a customer',
        query: { account: 'acme', status: 'authorized', limit: '1' },
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
  commit: {
    id: 'commitAuthorization',
    summary: 'Commit what was used',
    description:
      'Charges what was used and releases the rest. The overage policy decides how an amount beyond the hold is charged; only `reject` can decline it. Repeating the same commit returns the same result. An authorization takes 1,000 partial commits and extensions of its amount; a final commit is always taken.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: [
      'authorization_not_found',
      'authorization_committed',
      'authorization_voided',
      'commit_too_late',
      'tag_conflict',
      'too_many_steps',
      ...WANT_OF_CREDITS,
    ],
    examples: [
      { name: 'final', summary: 'What was used; the rest is released', path: { id: HOLD }, body: { amount: '2.25' } },
      {
        name: 'part',
        summary: 'A partial commit; the rest stays held',
        path: { id: HOLD },
        idempotencyKey: 'request-1-part-1',
        body: { amount: '1.5', final: false },
      },
      {
        name: 'another_amount',
        summary: 'A second final commit with another amount',
        path: { id: HOLD },
        body: { amount: '3' },
      },
      {
        name: 'usage_so_far',
        summary: 'A partial commit by usage, estimated while the answer streams',
        path: { id: USAGE_HOLD },
        idempotencyKey: 'request-3-part-1',
        body: {
          usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 100 },
          settlement: 'estimated',
          final: false,
        },
      },
      {
        name: 'as_the_vendor_reports',
        summary: 'The rest, as the vendor reports it, with a tag',
        path: { id: USAGE_HOLD },
        body: {
          usage: {
            vendor: 'openai',
            raw: {
              object: 'chat.completion',
              model: 'gpt-5',
              usage: {
                prompt_tokens: 400,
                completion_tokens: 50,
                prompt_tokens_details: { cached_tokens: 300 },
              },
            },
          },
          tags: { feature: 'summary' },
          metadata: { finish_reason: 'stop' },
        },
      },
      {
        name: 'unpriced',
        summary: 'Usage without a price: what was held is charged',
        path: { id: UNPRICED_HOLD },
        body: { usage: { event: 'video.generated', video_seconds: 8 } },
      },
    ],
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
  refund: {
    id: 'refundAuthorization',
    summary: 'Refund committed credits',
    description:
      'Refunds committed credits to the account’s debt first, then to the grants they came from, starting with the last one drawn. Use an `Idempotency-Key`; Purser keeps the keys of refunds forever.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: ['authorization_not_found', 'authorization_open', 'refund_exceeds_committed'],
    examples: [
      {
        name: 'part',
        summary: 'A partial refund',
        path: { id: HOLD },
        idempotencyKey: 'complaint-1',
        body: { amount: '1', reason: 'The picture was blurred.' },
      },
      { name: 'too_much', summary: 'More than was committed', path: { id: HOLD }, body: { amount: '100' } },
    ],
  },
  adjust: {
    id: 'adjustAuthorization',
    summary: 'Adjust what was used',
    description:
      'States all that was used, once you know it: it takes the place of what was stated before, and Purser books the difference. What it costs less comes off what wasn’t collected, then it is refunded; a refund that you made on top stays. What it costs more is charged as the overage policy says; `reject` charges what there is. Usage is priced by what the authorization was priced by. Use an `Idempotency-Key`; Purser keeps the keys of adjustments forever.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    problems: [
      'authorization_not_found',
      'authorization_voided',
      'authorization_expired',
      'authorization_open',
      'adjusted_after_unpriced',
      'no_rate_card',
      'unpriced_usage',
    ],
    examples: [
      {
        name: 'less',
        summary: 'The vendor’s bill says less',
        path: { id: HOLD },
        idempotencyKey: 'bill-1',
        body: { amount: '0.5', reason: 'As billed.' },
      },
      {
        name: 'by_usage',
        summary: 'What was really used in all',
        path: { id: USAGE_HOLD },
        idempotencyKey: 'bill-2',
        body: { usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 1000, output_tokens: 170 } },
      },
      {
        name: 'without_a_price',
        summary: 'After usage without a price, only an amount',
        path: { id: UNPRICED_HOLD },
        body: { usage: { event: 'image.generated', images: 2 } },
      },
    ],
  },
};

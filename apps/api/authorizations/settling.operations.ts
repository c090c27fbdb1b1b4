import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { FIRST_OF_BATCH, FITTED_HOLD, HOLD, UNPRICED_HOLD, USAGE_HOLD } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import type { ProblemCode } from '../problems/problem.ts';
import type { AuthorizationsController } from './authorizations.controller.ts';

export const PATH = {
  id: { description: 'The authorization’s id.', schema: { type: 'string', pattern: idPattern('authorization') } },
} as const;
export const THE_AUTHORIZATION: AnswerDescription = {
  description: 'The authorization, with the account’s balance.',
  schema: ref('Authorization'),
};
export const WANT_OF_CREDITS: readonly ProblemCode[] = ['insufficient_credits', 'credits_held'];

/** What says how much was used, at first and after all. */
export const SETTLING_OPERATIONS: Pick<
  OperationsOf<AuthorizationsController>,
  'commit' | 'commitBatch' | 'refund' | 'adjust'
> = {
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
  commit: {
    id: 'commitAuthorization',
    summary: 'Commit what was used',
    description:
      'Charges what was used and releases the rest. The overage policy decides how an amount beyond the hold is charged; only `reject` can decline it. Repeating the same commit returns the same result. An authorization takes 1,000 partial commits and extensions of its amount; a final commit is always taken.',
    path: PATH,
    answers: { 200: THE_AUTHORIZATION },
    tellsStanding: true,
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

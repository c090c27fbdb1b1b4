import { AUTHORIZATION_STATUSES, OVERAGE_POLICIES, SETTLEMENTS } from '#ledger';
import { ACCOUNT_ID_SCHEMA, UNIT_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, id, instant, metadata, signedAmount, text, viewSchema } from '../openapi/view-schema.ts';
import { LIMIT_PROBLEMS, oneOfProblems } from '../problems/problem-schemas.ts';
import { LINE_SCHEMA } from '../rate-cards/line.schema.ts';
import { USAGE_LIST_SCHEMA } from '../validation/usage.ts';
import type { authorizationView } from './authorization.view.ts';

type AuthorizationView = ReturnType<typeof authorizationView>;

const PRICE = viewSchema<NonNullable<AuthorizationView['price']>>(
  'What it is priced by, with its commits: later versions don’t touch it.',
  {
    rate_card: id('rateCard', 'The rate card.'),
    version: { type: 'integer', minimum: 1, description: 'The version of the rate card.' },
  },
);

const ASSUMED = viewSchema<NonNullable<AuthorizationView['assumed']>>('What was assumed to hold credits for it.', {
  max_output_tokens: {
    type: 'integer',
    minimum: 0,
    description: 'The most output tokens that the hold allows for: set the model’s limit to it.',
  },
});

export const AUTHORIZATION_SCHEMA = viewSchema<AuthorizationView>(
  'Credits held for a request, or charged for it.',
  {
    id: id('authorization', 'The authorization’s id.'),
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account that pays.' },
    status: choice(AUTHORIZATION_STATUSES, 'An `expired` authorization can still be committed for 24 hours.'),
    amount: amount('The authorized amount, including extensions.'),
    held: amount('The amount still held; `0` once the authorization is closed.'),
    committed: amount('The amount charged.'),
    uncollected: amount('The amount that was used but covered by neither credits nor debt.'),
    refunded: amount('The part of `committed` that was refunded.'),
    overage: choice(OVERAGE_POLICIES, 'What happens to a commit of more than is held and available.'),
    late: { type: 'boolean', description: 'Whether it was committed after its hold had expired.' },
    usage: {
      ...USAGE_LIST_SCHEMA,
      description:
        'What was used, always a list: as commits or the last adjustment stated it; until then, as requested.',
    },
    tags: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Those of the request, and those that commits have added.',
    },
    group: orNull(text('What the request belongs to.')),
    price: orNull(PRICE),
    assumed: orNull(ASSUMED),
    settlement: orNull(
      choice(
        SETTLEMENTS,
        'How sure the usage of the last commit is; `unpriced` if some usage of any commit had no price. `null` before a commit.',
      ),
    ),
    lines: { type: 'array', items: LINE_SCHEMA, description: 'How the price of the committed usage comes about.' },
    amounts: {
      type: 'array',
      items: orNull(amount('What the usage costs.')),
      description: 'What each of the committed usages costs; `null` for one that was not priced.',
    },
    cost: orNull(
      amount('What the vendors ask for the committed usage; `null` if unknown. Not shown to an account’s own key.'),
    ),
    cost_currency: orNull(text('The currency of `cost`, like `USD`.')),
    metadata: metadata(),
    created_at: instant('When the authorization was created.'),
    expires_at: orNull(instant('When the hold expires; `null` for a charge.')),
    committed_at: orNull(instant('When the authorization was committed.')),
    balance: viewSchema<AuthorizationView['balance']>(
      'The account’s balance right after the last decision about this authorization.',
      {
        posted: signedAmount('Credits in effect, minus debt.'),
        held: amount('The credits reserved by open authorizations.'),
        available: signedAmount('`posted` minus `held`.'),
        unit: UNIT_SCHEMA,
      },
    ),
  },
  ['cost', 'cost_currency'],
);

const DECIDED_ITEM: JsonSchema = {
  type: 'object',
  properties: {
    status: {
      type: 'integer',
      enum: [200, 201],
      description: 'The status that the item would get as a request of its own.',
    },
    authorization: { $ref: '#/components/schemas/Authorization' },
  },
  required: ['status', 'authorization'],
};

const PROBLEM_ITEM: JsonSchema = {
  type: 'object',
  properties: {
    status: {
      type: 'integer',
      minimum: 400,
      maximum: 499,
      description: 'The status that the item would get as a request of its own.',
    },
    problem: oneOfProblems([
      'account_not_found',
      'authorization_not_found',
      'authorization_committed',
      'authorization_voided',
      'commit_too_late',
      'too_many_holds',
      'too_many_steps',
      'tag_conflict',
      'account_closed',
      'account_suspended',
      'no_rate_card',
      'invalid_request',
      'unpriced_usage',
      ...LIMIT_PROBLEMS,
      'insufficient_credits',
      'credits_held',
    ]),
  },
  required: ['status', 'problem'],
};

/** What was decided about one item of a batch. */
export const BATCH_ITEM_SCHEMA: JsonSchema = { oneOf: [DECIDED_ITEM, PROBLEM_ITEM] };

/** An item of a batch that was refused as a whole. */
export const REFUSED_ITEM_SCHEMA: JsonSchema = {
  oneOf: [
    PROBLEM_ITEM,
    {
      type: 'object',
      properties: { status: { type: 'integer', const: 424, description: 'This item did not fail.' } },
      required: ['status'],
    },
  ],
};

export const BATCH_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: { $ref: '#/components/schemas/BatchItem' },
      description: 'The decision about each item, in order.',
    },
  },
  required: ['items'],
};

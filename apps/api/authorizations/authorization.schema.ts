import { AUTHORIZATION_STATUSES, OVERAGE_POLICIES } from '#ledger';
import { ACCOUNT_ID_SCHEMA, UNIT_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, id, instant, metadata, signedAmount, viewSchema } from '../openapi/view-schema.ts';
import { oneOfProblems } from '../problems/problem-schemas.ts';
import { USAGE_LIST_SCHEMA } from '../validation/usage.ts';
import type { authorizationView } from './authorization.view.ts';

type AuthorizationView = ReturnType<typeof authorizationView>;

export const AUTHORIZATION_SCHEMA = viewSchema<AuthorizationView>('Credits held for a request, or charged for it.', {
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
  usage: { ...USAGE_LIST_SCHEMA, description: 'As sent, always a list.' },
  tags: { type: 'object', additionalProperties: { type: 'string' }, description: 'As sent.' },
  price: { type: 'null', description: 'Always `null` until Purser has prices.' },
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
});

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
      'account_closed',
      'account_suspended',
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

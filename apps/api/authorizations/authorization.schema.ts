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
  id: id('authorization', 'Its id.'),
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account that pays.' },
  status: choice(AUTHORIZATION_STATUSES, 'One that is `expired` may still be committed for 24 hours.'),
  amount: amount('What was authorized, extensions included.'),
  held: amount('What is still pinned; `0` once it is closed.'),
  committed: amount('What was charged.'),
  uncollected: amount('What was used but covered by neither credits nor debt.'),
  refunded: amount('What of `committed` was given back.'),
  overage: choice(OVERAGE_POLICIES, 'What happens to a commit of more than is held and available.'),
  late: { type: 'boolean', description: 'Committed after its hold had expired.' },
  usage: { ...USAGE_LIST_SCHEMA, description: 'As given, always a list.' },
  tags: { type: 'object', additionalProperties: { type: 'string' }, description: 'As given.' },
  price: { type: 'null', description: 'There are no prices yet.' },
  metadata: metadata(),
  created_at: instant('When it was decided.'),
  expires_at: orNull(instant('When the hold is released by itself; `null` for a charge.')),
  committed_at: orNull(instant('When it was committed.')),
  balance: viewSchema<AuthorizationView['balance']>('The account, right after the last decision about this.', {
    posted: signedAmount('Credits in effect, less debt.'),
    held: amount('What open authorizations have pinned.'),
    available: signedAmount('`posted` less `held`.'),
    unit: UNIT_SCHEMA,
  }),
});

const DECIDED_ITEM: JsonSchema = {
  type: 'object',
  properties: {
    status: { type: 'integer', enum: [200, 201], description: 'What it would have been answered with alone.' },
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
      description: 'What it would have been answered with alone.',
    },
    problem: oneOfProblems([
      'account_not_found',
      'authorization_not_found',
      'authorization_committed',
      'authorization_voided',
      'commit_too_late',
      'too_many_holds',
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
      properties: { status: { type: 'integer', const: 424, description: 'Nothing was wrong with this one.' } },
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
      description: 'What was decided about each item, in order.',
    },
  },
  required: ['items'],
};

import { SCOPES } from '#access';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, text } from '../openapi/view-schema.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';

const ACCOUNT = text('The account’s id.');

function errors(description: string): JsonSchema {
  return {
    type: 'array',
    minItems: 1,
    description,
    items: {
      type: 'object',
      properties: {
        field: text('The field, like `items.0.amount`; empty if the error is about the whole body.'),
        message: text('What the field must be.'),
      },
      required: ['field', 'message'],
    },
  };
}

const BATCH_ITEMS: JsonSchema = {
  type: 'array',
  items: { $ref: '#/components/schemas/RefusedItem' },
  description:
    'For a batch that failed as a whole: its items in order, each with its own problem, or with 424 if the item itself did not fail.',
};
const SHORTFALL: Readonly<Record<string, JsonSchema>> = {
  account: ACCOUNT,
  required: amount('What the request needs.'),
  available: {
    type: 'string',
    pattern: '^-?\\d+(?:\\.\\d{1,12})?$',
    description: 'What the request could have used, without overdraft.',
  },
  held: amount('The credits reserved by open authorizations.'),
  shortfall: amount('What is missing, after overdraft.'),
};

const OUT_OF_SCOPE: Readonly<Record<string, JsonSchema>> = {
  available_in_scope_of_other_grants: amount(
    'The credits that are free, but in grants whose scope excludes the request; absent if there are none.',
  ),
};

const RETRY_AFTER: JsonSchema = {
  type: 'integer',
  minimum: 1,
  description: 'Seconds after which to try again; also the header `Retry-After`.',
};

/** What a limit says of its window. */
const EXCEEDED: Readonly<Record<string, JsonSchema>> = {
  account: ACCOUNT,
  required: amount('What the request needs.'),
  limit: amount('The most that may be spent and held.'),
  spent: amount('What is spent, less refunds.'),
  held: amount('What open authorizations hold of it.'),
  resets_at: {
    type: ['string', 'null'],
    format: 'date-time',
    description: 'When the period ends, by the account’s clock; null if it never does.',
  },
};

/** Of a decline where waiting for open authorizations helps. */
const MAY_RETRY: Readonly<Record<string, JsonSchema>> = {
  retry_after: {
    ...RETRY_AFTER,
    description:
      'After how many seconds the account’s holds usually settle; only if that would make enough room. Also the header `Retry-After`.',
  },
};

const TAG = { type: ['string', 'null'], description: 'The tag; null if it is about the whole account.' } as const;
const RULE = text('The rule.');

/** What a problem has beside its title and detail in some of its answers only. */
const OPTIONAL_FIELDS: Partial<Record<ProblemCode, Readonly<Record<string, JsonSchema>>>> = {
  insufficient_credits: OUT_OF_SCOPE,
  credits_held: OUT_OF_SCOPE,
  account_suspended: {
    rule: text('The rule that suspended it; absent if an operator did.'),
    until: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'With `rule`: when the suspension ends, by the account’s clock; null if somebody has to end it.',
    },
  },
  too_many_budgets: { account: text('The account’s id; absent if every account has them.') },
  budget_exceeded: MAY_RETRY,
  key_limit_exceeded: MAY_RETRY,
  environment_limit_exceeded: MAY_RETRY,
};

/** What a problem has beside its title and detail. */
const FIELDS: Partial<Record<ProblemCode, Readonly<Record<string, JsonSchema>>>> = {
  invalid_request: { errors: errors('All errors at once; the first hundred if there are more.') },
  invalid_api_key: { reason: choice(['missing', 'unknown', 'expired', 'revoked'], 'What is wrong with the key.') },
  account_exists: { errors: errors('Every field that differs from the existing account.') },
  scope_missing: {
    scopes: { type: 'array', items: choice(SCOPES, 'A scope.'), description: 'Any one of these scopes is enough.' },
  },
  account_not_found: { account: ACCOUNT },
  api_key_bound: { account: text('The account that the key is bound to.') },
  account_not_closed: { account: ACCOUNT },
  account_has_open_holds: { account: ACCOUNT },
  account_closed: { account: ACCOUNT },
  account_suspended: { account: ACCOUNT },
  budget_exists: { errors: errors('Every field that differs from the existing budget.') },
  too_many_budgets: {
    limit: { type: 'integer', description: 'The maximum number of budgets.' },
  },
  too_many_raise_requests: {
    account: ACCOUNT,
    limit: { type: 'integer', description: 'The maximum number of requests that wait to be decided.' },
  },
  too_many_recurring_grants: {
    account: ACCOUNT,
    limit: { type: 'integer', description: 'The maximum number of recurring grants.' },
  },
  too_many_holds: {
    account: ACCOUNT,
    limit: { type: 'integer', description: 'The maximum number of open authorizations.' },
  },
  too_many_steps: {
    limit: {
      type: 'integer',
      description: 'The maximum number of partial commits and extensions, or of draws on grants.',
    },
  },
  usage_suspended: {
    account: ACCOUNT,
    rule: RULE,
    tag: text('The tag.'),
    value: text('Its value.'),
    until: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'When the suspension ends, by the account’s clock; null if somebody has to end it.',
    },
  },
  request_too_large: {
    account: ACCOUNT,
    rule: choice(['max_amount', 'max_output_tokens', 'rate'], 'The rule.'),
    required: amount('What the request needs.'),
    limit: amount('The most that the rule allows.'),
  },
  open_holds_exceeded: {
    account: ACCOUNT,
    limit: { type: 'integer', description: 'The maximum number of open authorizations.' },
  },
  spend_rate_exceeded: {
    account: ACCOUNT,
    rule: RULE,
    tag: TAG,
    value: { type: ['string', 'null'], description: 'Its value.' },
    retry_after: RETRY_AFTER,
  },
  budget_exceeded: {
    budget: text('The budget’s id.'),
    name: text('The budget’s name.'),
    value: {
      type: ['string', 'null'],
      description: 'The value whose budget it is, of the tag or name that each has one for; null if all share one.',
    },
    ...EXCEEDED,
  },
  key_limit_exceeded: EXCEEDED,
  environment_limit_exceeded: EXCEEDED,
  insufficient_credits: SHORTFALL,
  credits_held: {
    ...SHORTFALL,
    retry_after: {
      type: 'integer',
      minimum: 0,
      description:
        'After how many seconds the account’s holds usually settle, at most until the next of them expires; also the header `Retry-After`.',
    },
    hold_expires_at: {
      type: 'string',
      format: 'date-time',
      description: 'When the next of the holds expires, by the account’s clock.',
    },
  },
  test_clock_too_far: {
    limit_seconds: { type: 'integer', description: 'How far ahead of real time the test clock may be, in seconds.' },
  },
  period_not_found: { period: text('The month in the request.') },
  period_not_over: {
    period: text('The month.'),
    ends_at: { type: 'string', format: 'date-time', description: 'When it ends.' },
  },
  period_out_of_order: { period: text('The month.'), next: text('The month that comes first.') },
  period_not_closed: { period: text('The month.') },
  period_close_failed: { period: text('The month.'), failure: text('What is wrong.') },
  plan_not_found: { plan: text('The id of the plan.') },
  report_not_found: { report: text('The name in the path.') },
  rate_card_not_found: { rate_card: text('The id of the rate card.') },
  rate_card_version_not_found: { rate_card: text('The id of the rate card.') },
  rate_card_archived: { rate_card: text('The id of the rate card.') },
  rate_card_purpose_differs: { rate_card: text('The id of the rate card.') },
  unit_mismatch: {
    unit: text('The unit of the account.'),
    rate_card_unit: text('The unit of the rate card.'),
  },
  tag_conflict: { tag: text('The tag.'), value: text('Its value.') },
  no_rate_card: { account: ACCOUNT },
  unpriced_usage: {
    usage: {
      type: 'array',
      items: { type: 'integer', minimum: 0 },
      description: 'The indexes of the usages without a price, counted from 0.',
    },
  },
  too_many_streams: { limit: { type: 'integer', description: 'The maximum number of open streams.' } },
  rate_limited: {
    retry_after: { type: 'integer', minimum: 1, description: 'Seconds until Purser accepts requests again.' },
  },
  refund_exceeds_committed: { refundable: amount('The amount that can still be refunded.') },
  write_off_exceeds_debt: { debt: amount('What the account owes.') },
  returned_exceeds_paid: { returnable: amount('The most money that can be paid back.') },
  topup_under_way: { account: ACCOUNT, topup: text('The id of the top-up that is under way.') },
  topup_decided_by_provider: { provider: text('Who collects the payment.') },
  refund_exceeds_purchase: {
    refundable: amount('The credits that can still be refunded, without bonus.'),
    refundable_money: amount('The money for them.'),
    currency: text('The ISO 4217 code of its currency.'),
  },
  credit_package_not_found: { package: text('The id of the credit package.') },
  credit_package_archived: { package: text('The id of the credit package.') },
  provider_not_allowed: { provider: text('The payment provider.') },
  provider_not_configured: { provider: text('The payment provider.') },
};

/** Declines under limits, in their order. */
export const LIMIT_PROBLEMS: readonly ProblemCode[] = [
  'usage_suspended',
  'request_too_large',
  'open_holds_exceeded',
  'spend_rate_exceeded',
  'budget_exceeded',
  'key_limit_exceeded',
  'environment_limit_exceeded',
];

/** Refusals that a whole batch may be answered with. */
const OF_BATCHES: readonly ProblemCode[] = [
  'account_not_found',
  'account_closed',
  'account_suspended',
  'too_many_holds',
  'no_rate_card',
  'invalid_request',
  'unpriced_usage',
  ...LIMIT_PROBLEMS,
  'insufficient_credits',
  'credits_held',
];

/** `credits_held` → `CreditsHeldProblem` */
export function problemSchemaName(code: ProblemCode): string {
  return `${code.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Problem`;
}

export function problemSchema(code: ProblemCode): JsonSchema {
  const { status, title } = PROBLEMS[code];
  const required = {
    type: { type: 'string', const: `urn:purser:problem:${code}` },
    title: { type: 'string', examples: [title] },
    status: { type: 'integer', const: status },
    detail: text('What happened in this case, for people.'),
    code: { type: 'string', const: code },
    ...FIELDS[code],
  } as const satisfies Record<string, JsonSchema>;
  return {
    type: 'object',
    description: `${title}.`,
    properties: {
      ...required,
      ...OPTIONAL_FIELDS[code],
      ...(OF_BATCHES.includes(code) ? { items: BATCH_ITEMS } : {}),
    },
    required: Object.keys(required),
  };
}

/** One of these problems; `code` tells which. */
export function oneOfProblems(codes: readonly ProblemCode[]): JsonSchema {
  const refs = codes.map((code) => `#/components/schemas/${problemSchemaName(code)}`);
  const [only] = refs;
  if (refs.length === 1 && only !== undefined) return { $ref: only };
  return {
    oneOf: refs.map(($ref) => ({ $ref })),
    discriminator: {
      propertyName: 'code',
      mapping: Object.fromEntries(codes.map((code, index) => [code, refs[index] ?? ''])),
    },
  };
}

import {
  AUTHORIZATION_STATUSES,
  GRANT_CATEGORIES,
  OVERAGE_POLICIES,
  REMAINDERS,
  type AboutAccount,
  type CommitmentPeriodData,
  type LedgerEvents,
  type LedgerEventType,
} from '#ledger';
import type { EndpointEvents, EndpointEventType, EventType, PeriodEvents, PeriodEventType } from '#webhooks';
import { ACCOUNT_ID_SCHEMA, UNIT_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import {
  amount,
  choice,
  count,
  id,
  instant,
  signedAmount,
  text,
  viewSchema,
  type FieldSchemas,
} from '../openapi/view-schema.ts';
import { PLAN_EVENTS } from './plan-event-data.ts';
import { BUDGET_EVENTS } from './budget-event-data.ts';
import type { EventDescription } from './event-description.ts';
import { NEWS_EVENTS } from './news-event-data.ts';
import { PAYMENT_EVENTS } from './payment-event-data.ts';
import { RULE_EVENTS } from './rule-event-data.ts';
import { SPAN_LIMIT_EVENTS } from './span-limit-event-data.ts';

/** The fields of every event about an account. */
const ABOUT_ACCOUNT: FieldSchemas<AboutAccount> = {
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
  sequence: count('The number of the event, counted from 1 for each account.'),
  balance: viewSchema<AboutAccount['balance']>('The account’s balance right after the event.', {
    posted: signedAmount('Credits in effect, minus debt.'),
    held: amount('The credits reserved by open authorizations.'),
    available: signedAmount('`posted` minus `held`.'),
    unit: UNIT_SCHEMA,
  }),
};

const GRANT: FieldSchemas<LedgerEvents['grant.created']> = {
  grant: id('grant', 'The grant.'),
  category: choice(GRANT_CATEGORIES, 'The source of the credits.'),
  amount: amount('The granted amount.'),
  remaining: amount('What is left of the grant right after the event; of one that has ended, what holds still keep.'),
  effective_at: instant('The time from which the grant counts.'),
  expires_at: orNull(instant('The time from which it no longer counts; `null`: never.')),
};

const FORECAST = orNull(
  viewSchema<NonNullable<LedgerEvents['balance.low']['forecast']>>(
    'How long the balance lasts at the rate of the last hour; `null` if nothing was used in it.',
    {
      hours_left: text('The hours until the balance is used up, a decimal.'),
      used_last_hour: amount('The amount used in the last hour.'),
    },
  ),
);

const AUTHORIZATION = id('authorization', 'The authorization.');
const OVERAGE = choice(OVERAGE_POLICIES, 'Its overage policy.');
const EPOCH = count('The number of the fill, counted from 1 for each account.');
const BASIS = signedAmount('The amount that counts as 100 percent.');
const ENDPOINT = id('endpoint', 'The endpoint.');
const ABOUT_ENDPOINT = {
  endpoint: ENDPOINT,
  url: text('The URL of the endpoint.'),
  account: orNull({ ...ACCOUNT_ID_SCHEMA, description: 'The account that the endpoint belongs to, if any.' }),
} as const;

const COMMITMENT_PERIOD: FieldSchemas<CommitmentPeriodData> = {
  period_start: instant('The start of the period.'),
  period_end: instant('The end of the period, exclusive.'),
  amount: amount('What was to be spent in the period.'),
  spent: amount('What was spent: charged less refunds, for authorizations that were made in the period.'),
  charged: amount('What of the shortfall is charged.'),
  uncollected: amount('What of the shortfall neither credits nor debt covered.'),
};

const LEDGER_EVENTS: { readonly [T in LedgerEventType]: EventDescription<LedgerEvents[T]> } = {
  'grant.created': { sentWhen: 'A grant was created, in effect or scheduled.', fields: GRANT },
  'grant.voided': {
    sentWhen: 'The rest of a grant was taken back.',
    fields: { ...GRANT, amount_voided: amount('The amount that was taken back.') },
  },
  'grant.expiring': {
    sentWhen: 'A grant with credits left expires soon: by default, in 7 days or in 1.',
    fields: GRANT,
  },
  'grant.expired': {
    sentWhen: 'A grant with credits left has expired.',
    fields: { ...GRANT, amount_expired: amount('The amount that became breakage.') },
  },
  'grant.remainder_expired': {
    sentWhen:
      'A hold let go of credits of a grant that had expired, or a refund gave some back to it: they are lost too.',
    fields: { ...GRANT, amount_expired: amount('The amount that became breakage.') },
  },
  'grant.remainder_voided': {
    sentWhen:
      'A hold let go of credits of a grant that was voided, or a refund gave some back to it: they are taken back too.',
    fields: { ...GRANT, amount_voided: amount('The amount that was taken back.') },
  },
  'authorization.expired': {
    sentWhen: 'A hold has expired.',
    fields: {
      authorization: AUTHORIZATION,
      released: amount('The amount that it held until then.'),
    },
  },
  'authorization.declined': {
    sentWhen: 'Requests were declined: once per account and minute, after that minute.',
    fields: {
      requests: count('The number of declined requests.'),
      minute: instant('The start of that minute, in real time.'),
    },
  },
  'authorization.committed': {
    sentWhen: 'A commit or a charge; only to endpoints that name this type.',
    fields: {
      authorization: AUTHORIZATION,
      status: choice(AUTHORIZATION_STATUSES, '`authorized` after a partial commit.'),
      amount: amount('The authorized amount, including extensions.'),
      held: amount('The amount still held.'),
      committed: amount('The amount charged.'),
      uncollected: amount('The amount that was used but covered by neither credits nor debt.'),
      refunded: amount('The part of `committed` that was refunded.'),
      overage: OVERAGE,
      late: { type: 'boolean', description: 'Whether it was committed after it had expired.' },
      tags: { type: 'object', additionalProperties: { type: 'string' }, description: 'Its tags.' },
    },
  },
  'usage.uncollected': {
    sentWhen: 'A commit asked for more than credits and debt covered.',
    fields: {
      authorization: AUTHORIZATION,
      required: amount('What this commit asked for.'),
      committed: amount('What of it was charged.'),
      uncollected: amount('What of it was covered by neither credits nor debt.'),
      overage: OVERAGE,
    },
  },
  'usage.unpriced': {
    sentWhen:
      'A commit stated usage that has no price: what was held was charged, or what its other usage costs, if that is more. Add a price.',
    fields: {
      authorization: AUTHORIZATION,
      usage: {
        type: 'array',
        items: viewSchema<LedgerEvents['usage.unpriced']['usage'][number]>('A usage without a price.', {
          event: text('Its event.'),
          model: orNull(text('Its model.')),
        }),
        description: 'What of the commit’s usage has no price.',
      },
      charged: amount('What was charged in place of a price, before the overage policy.'),
    },
  },
  'commitment.settled': {
    sentWhen: 'A period of the account’s commitment has ended, and what was missing was charged.',
    fields: {
      ...COMMITMENT_PERIOD,
      shortfall: amount('What was missing: the sum of `charged` and `uncollected`.'),
    },
  },
  'commitment.set_off': {
    sentWhen: 'Usage was charged after the period of its commitment was settled: the shortfall was lowered by as much.',
    fields: { ...COMMITMENT_PERIOD, set_off: amount('What the shortfall was lowered by.') },
  },
  ...BUDGET_EVENTS,
  ...PLAN_EVENTS,
  ...RULE_EVENTS,
  ...NEWS_EVENTS,
  ...PAYMENT_EVENTS,
  'account.suspended': {
    sentWhen: 'An operator has suspended the account.',
    fields: { status: { type: 'string', const: 'suspended', description: 'The account’s status.' } },
  },
  'account.closed': {
    sentWhen: 'The account was closed.',
    fields: {
      status: { type: 'string', const: 'closed', description: 'The account’s status.' },
      remainder: choice(REMAINDERS, 'Where the credits went that were left.'),
      amount_left: amount('The credits that were left of all grants, scheduled ones included.'),
    },
  },
  'balance.threshold_reached': {
    sentWhen: 'A percentage of the last fill is used.',
    fields: {
      percent: count('The highest threshold reached.'),
      crossed: { type: 'array', items: { type: 'integer' }, description: 'All thresholds that were crossed together.' },
      used_percent: text('How much of the basis is used, in percent, a decimal.'),
      basis: BASIS,
      epoch: EPOCH,
      forecast: FORECAST,
    },
  },
  'balance.low': {
    sentWhen: 'The posted balance fell to a level.',
    fields: {
      level: amount('The lowest level reached.'),
      crossed: { type: 'array', items: amount('A level.'), description: 'All levels that were crossed together.' },
      forecast: FORECAST,
    },
  },
  'balance.exhausted': { sentWhen: 'The posted balance fell to zero or below.', fields: { epoch: EPOCH } },
  'balance.replenished': {
    sentWhen: 'A fill followed an alert, or followed an empty balance.',
    fields: { epoch: EPOCH, basis: BASIS },
  },
};

const ENDPOINT_EVENTS: { readonly [T in EndpointEventType]: EventDescription<EndpointEvents[T]> } = {
  'webhook_endpoint.failing': {
    sentWhen: 'Every delivery attempt to an endpoint has failed for 50 or 90 % of five days.',
    fields: {
      ...ABOUT_ENDPOINT,
      percent: { type: 'integer', enum: [50, 90], description: 'How much of the five days has passed.' },
      failing_since: instant('The first failure after the last success.'),
    },
  },
  'webhook_endpoint.disabled': {
    sentWhen: 'Purser disabled an endpoint.',
    fields: {
      ...ABOUT_ENDPOINT,
      reason: choice(['gone', 'failing'], 'It returned 410 (`gone`), or every delivery attempt failed (`failing`).'),
    },
  },
  'webhook_endpoint.test': {
    sentWhen: 'You asked for a test; sent to that endpoint alone.',
    fields: { endpoint: ENDPOINT },
  },
};

const PERIOD_EVENTS: { readonly [T in PeriodEventType]: EventDescription<PeriodEvents[T]> } = {
  'period.closed': {
    sentWhen: 'A month was closed.',
    fields: {
      period: text('The month, like `2026-03`.'),
      version: { type: 'integer', minimum: 1, description: 'How often it was closed.' },
      hash: text('The hash of the closing. Note it elsewhere.'),
      time_zone: text('The time zone by which the month begins and ends.'),
      from: instant('When it begins.'),
      to: instant('When it ends.'),
      closed_at: instant('When it was closed.'),
      accounts: { type: 'integer', minimum: 0, description: 'How many accounts were closed with it.' },
      totals: {
        type: 'object',
        additionalProperties: true,
        description: 'By unit, then by account of the books: what stood there, credits less debits.',
      },
    },
  },
};

/** An event’s data, by its type. A type of the code without a description here doesn’t compile. */
export const EVENT_DATA: Readonly<Record<EventType, { readonly sentWhen: string; readonly data: JsonSchema }>> = {
  ...dataOf(LEDGER_EVENTS, ABOUT_ACCOUNT),
  ...dataOf(SPAN_LIMIT_EVENTS, {}),
  ...dataOf(ENDPOINT_EVENTS, {}),
  ...dataOf(PERIOD_EVENTS, {}),
};

function dataOf<T extends EventType>(
  descriptions: Readonly<Record<T, EventDescription<object>>>,
  common: Readonly<Record<string, JsonSchema>>,
) {
  const entries = Object.entries<EventDescription<object>>(descriptions).map(([type, { sentWhen, fields }]) => {
    const data = viewSchema<object>('The fields of this type of event.', { ...common, ...fields });
    return [type, { sentWhen, data }] as const;
  });
  return Object.fromEntries(entries) as Record<T, { readonly sentWhen: string; readonly data: JsonSchema }>;
}

import { LIMIT_PERIODS } from '#ledger';
import { ACCOUNT_ID_SCHEMA, UNIT_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { limitTermsView, limitView, shareView } from './limit.view.ts';

const TERMS = {
  id: id('limit', 'The limit’s id.'),
  amount: amount('The most that all accounts together may spend and hold in a period.'),
  unit: UNIT_SCHEMA,
  period: choice(LIMIT_PERIODS, 'How long a period is; `total`: all of time.'),
  time_zone: text('The time zone by whose calendar periods begin.'),
} satisfies Record<string, JsonSchema>;

export const LIMIT_TERMS_SCHEMA = viewSchema<ReturnType<typeof limitTermsView>>(
  'What a key may spend over all accounts.',
  TERMS,
);

export const LIMIT_SCHEMA = viewSchema<ReturnType<typeof limitView>>('A limit over all accounts.', {
  ...TERMS,
  kind: choice(['key', 'environment'], 'Whether it is the limit of an API key or of the environment.'),
  keys: {
    type: 'array',
    items: id('key', 'An API key.'),
    description: 'The keys that share the limit, the newest first; empty for the environment’s.',
  },
  spent: amount('What all accounts have spent in this period, less refunds.'),
  held: amount('What open authorizations hold of it.'),
  granted: amount('What is leased to accounts as their shares, used or not.'),
  remaining: amount('`amount` less `spent` and `held`; 0 where more is spent.'),
  window_start: instant('When this period began.'),
  resets_at: orNull(instant('When it ends; `null`: never.')),
});

export const SHARE_SCHEMA = viewSchema<ReturnType<typeof shareView>>('What one account has of a limit.', {
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
  granted: amount('What is leased to the account in this period.'),
  spent: amount('What the account has spent of it, less refunds.'),
  held: amount('What its open authorizations hold of it.'),
  leased_at: instant('When the account was last leased something.'),
});

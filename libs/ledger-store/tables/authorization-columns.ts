import type { JsonObject } from '#amounts';
import type { Added, OveragePolicy, Tags, Usage } from '#ledger';
import { column } from './column.ts';
import { draws, holdSteps, reservations } from './json-forms.ts';
import { pricing } from './pricing-form.ts';
import { accountKey, enumeration, json, numeric, text, time, uuid } from './kind.ts';

/** What `holds` and `authorizations` have in common. */
export const AUTHORIZATION_COLUMNS = {
  accountKey: column('account_id', accountKey).key(),
  id: column('id', uuid).key(),
  environment: column('environment', text()),
  keyId: column('key_id', uuid).nullable(),
  amount: column('amount', numeric).updated(),
  committed: column('committed', numeric).updated(),
  draws: column('draws', draws).updated(),
  steps: column('steps', holdSteps).updated(),
  reservations: column('reservations', reservations).updated(),
  uncollected: column('uncollected', numeric).updated(),
  overage: column('overage', enumeration<OveragePolicy>('overage_policy')),
  usage: column('usage', json<readonly Usage[]>()),
  tags: column('tags', json<Tags>()),
  metadata: column('metadata', json<JsonObject>()),
  group: column('group_name', text()).nullable(),
  pricing: column('pricing', pricing).nullable().updated(),
  added: column('additions', json<Added>()).nullable().updated(),
  createdAt: column('created_at', time),
  expiresAt: column('expires_at', time).nullable().updated(),
  balance: {
    posted: column('balance_posted', numeric).updated(),
    held: column('balance_held', numeric).updated(),
  },
};

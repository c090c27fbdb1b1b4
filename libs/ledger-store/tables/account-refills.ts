import type { AccountPlan } from '#ledger';
import { nextRefillAt, type AccountKey, type Refills } from '#ledger';
import { column } from './column.ts';
import { autoTopup, recurringGrants, topupUnderWay } from './json-forms.ts';
import { accountKey, json, time } from './kind.ts';
import { computed, table, type RowOf } from './table.ts';

/** How accounts are refilled; those that have nothing of it have no row. */
export const ACCOUNT_REFILLS = table({
  name: 'account_refills',
  owner: 'account',
  columns: {
    account: { key: column('account_id', accountKey).key() },
    refills: {
      autoTopup: column('auto_topup', autoTopup).nullable().updated(),
      underWay: column('under_way', topupUnderWay).nullable().updated(),
      recurring: column('recurring', recurringGrants).updated(),
      plan: column('plan', json<AccountPlan>()).nullable().updated(),
    },
  },
  computed: [
    computed(column('due_at', time).nullable().updated(), ({ refills }: { readonly refills: Refills }) =>
      nextRefillAt(refills),
    ),
  ],
});

export type AccountRefillsRow = RowOf<typeof ACCOUNT_REFILLS>;

export const refillsFromRow: (row: AccountRefillsRow) => {
  readonly account: { readonly key: AccountKey };
  readonly refills: Refills;
} = ACCOUNT_REFILLS.fromRow;

import type { JsonObject } from '#amounts';
import type { Grant, GrantCategory, GrantScope } from '#ledger';
import { column } from './column.ts';
import { periodOrigin } from './json-forms.ts';
import { accountKey, boolean, enumeration, json, numeric, smallint, text, time, uuid } from './kind.ts';
import { freezes } from './purchase-forms.ts';
import { computed, table, type RowOf } from './table.ts';

export const GRANTS = table({
  name: 'grants',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    id: column('id', uuid).key(),
    amount: column('amount', numeric),
    remaining: column('remaining', numeric).updated(),
    held: column('held', numeric).updated(),
    frozen: column('frozen', numeric).updated('rare'),
    frozenAt: column('frozen_at', time).nullable().updated('rare'),
    freezes: column('freezes', freezes).updated('rare'),
    repaid: column('repaid', numeric).updated(),
    category: column('category', enumeration<GrantCategory>('grant_category')),
    priority: column('priority', smallint),
    scope: column('scope', json<GrantScope>()).nullable(),
    costBasis: column('cost_basis', numeric).nullable(),
    amountPaid: column('amount_paid', numeric).nullable(),
    currency: column('currency', text()).nullable(),
    purchase: column('purchase_id', uuid).nullable(),
    purchaseReference: column('purchase_reference', text()).nullable(),
    returned: column('returned', numeric).nullable().updated('rare'),
    effectiveAt: column('effective_at', time),
    expiresAt: column('expires_at', time).nullable().updated('rare'),
    voidedAt: column('voided_at', time).nullable().updated(),
    entered: column('entered', boolean).updated(),
    expired: column('expired', boolean).updated(),
    expiryNotices: column('expiry_notices', smallint).updated(),
    metadata: column('metadata', json<JsonObject>()),
    createdAt: column('created_at', time),
    period: column('period', periodOrigin).nullable(),
  },
  computed: [
    computed(column('open', boolean).updated(), ({ remaining }: Pick<Grant, 'remaining'>) => !remaining.isZero()),
  ],
});

export type GrantRow = RowOf<typeof GRANTS>;

export const grantFromRow: (row: GrantRow) => Grant = GRANTS.fromRow;

import type { JsonObject } from '#amounts';
import { column } from './column.ts';
import { accountKey, integer, json } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** Each version of an account's own prices, kept because what was priced by it stays priced by it. */
export const ACCOUNT_OVERRIDES = table({
  name: 'account_overrides',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    version: column('version', integer).key(),
    prices: column('prices', json<readonly JsonObject[]>()),
  },
});

export type AccountOverridesRow = RowOf<typeof ACCOUNT_OVERRIDES>;

import type { AccountKey, Needs } from '#ledger';
import { accountKeyOf } from '#ledger';
import type { PoolClient } from '#database';
import { arrayOf, type Statement } from '../statement.ts';
import type { GrantRow } from '../tables/grants.ts';
import type { PurchaseRow } from '../tables/purchases.ts';
import { rowsOf } from './rows-of.ts';

const NAMED = `unnest($1::bigint[], $2::uuid[]) wanted (account_id, id), lateral (
  select * from purchases where account_id = wanted.account_id and id = wanted.id limit 1
) found`;

function findPurchases(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_purchases',
    text: `select found.* from ${NAMED}`,
    values: [arrayOf(keys), arrayOf(ids)],
  };
}

function findPurchasesUnderWay(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_purchases_under_way',
    text: `select * from purchases where account_id = any($1::bigint[]) and status in ('pending', 'requires_action')`,
    values: [arrayOf(keys)],
  };
}

/** What purchases have brought, also where nothing of it is left. */
function findPurchasedGrants(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_purchased_grants',
    text: `select g.* from ${NAMED}, jsonb_array_elements_text(found.grants) brought (id), lateral (
        select * from grants where account_id = wanted.account_id and id = brought.id::uuid limit 1
      ) g`,
    values: [arrayOf(keys), arrayOf(ids)],
  };
}

export interface PurchaseRows {
  readonly purchases: readonly PurchaseRow[];
  readonly grants: readonly GrantRow[];
}

/** Reads the purchases that commands need, under the locks of their accounts. */
export async function loadPurchases(client: PoolClient, { purchases: ids, underWay }: Needs): Promise<PurchaseRows> {
  const keys = ids.map(accountKeyOf);
  const [named, grants, others] = await Promise.all([
    ids.length > 0 ? rowsOf<PurchaseRow>(client, findPurchases(keys, ids)) : [],
    ids.length > 0 ? rowsOf<GrantRow>(client, findPurchasedGrants(keys, ids)) : [],
    underWay.length > 0 ? rowsOf<PurchaseRow>(client, findPurchasesUnderWay(underWay)) : [],
  ]);
  const known = new Set(ids);
  return { purchases: [...named, ...others.filter(({ id }) => !known.has(id))], grants };
}

import type { AccountKey } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';

/** Where an idempotency key is kept. */
export interface KeyPlace {
  readonly scope: AccountKey;
  readonly key: string;
}

/** A key, and the answer that is remembered under it. */
export interface KeyRow {
  account_id: string;
  key: string;
  fingerprint: string;
  status: number;
  body: string;
}

/**
 * What is known of `wanted`. The weeks to come have partitions already, and to look into each costs as much again as the
 * look-up itself. No key is from the day after tomorrow, unless a clock was set back so far.
 */
export const knownKeys = `
  select * from idempotency_keys
    where account_id = wanted.account_id and key = wanted.key and created_at < now() + interval '1 day'
  union all
  select * from idempotency_keys_kept where account_id = wanted.account_id and key = wanted.key`;

export function findKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'find_keys',
    text: `select k.account_id, k.key, k.fingerprint, k.status, k.body
      from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key), lateral (${knownKeys} limit 1) k`,
    values: [arrayOf(keys.map(({ scope }) => scope)), arrayOf(keys.map(({ key }) => key))],
  };
}

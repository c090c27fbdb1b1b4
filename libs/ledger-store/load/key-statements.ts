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

/**
 * Lets requests with one of these keys wait for each other until the transaction ends, for keys that no lock of an account
 * guards. Each week's partition is unique for itself alone, so two processes on both sides of midnight would each write the key.
 */
export function lockKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'lock_keys',
    // In one order, so that two transactions can't wait for each other.
    text: `select pg_advisory_xact_lock(hash) from (
        select hashtextextended(key, 0) as hash from unnest($1::text[]) key order by hash offset 0
      ) ordered`,
    values: [keys.map(({ scope, key }) => `${scope} ${key}`)],
  };
}

export function findKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'find_keys',
    text: `select k.account_id, k.key, k.fingerprint, k.status, k.body
      from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key), lateral (${knownKeys} limit 1) k`,
    values: [arrayOf(keys.map(({ scope }) => scope)), arrayOf(keys.map(({ key }) => key))],
  };
}

import type { AccountKey, TestClock } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';
import { aheadMsOf } from './test-clock-statements.ts';
import { knownKeys, type KeyPlace } from './key-statements.ts';

/**
 * Guards stand before the writes of a batch that was decided on cached accounts. Each proves one thing that the decisions
 * took for true, under the accounts' locks, and fails the transaction where it isn't.
 */

/** The SQLSTATEs with which guards refuse a batch; migrations 0004, 0006 and 0012 raise them. */
export const ACCOUNTS_CHANGED = 'PU001';
export const ANSWERED_BEFORE = 'PU002';
export const TEST_CLOCK_ADVANCED = 'PU003';
export const OUT_OF_TIME = 'PU004';

/** What a guard refused a batch for: account keys, or idempotency keys; none where it names none. */
export function foundByGuard(error: unknown): readonly string[] {
  if (!(error instanceof Error) || !('detail' in error) || typeof error.detail !== 'string') return [];
  return error.detail.split(',').filter((name) => name !== '');
}

/** For how long after its decision a batch may be written. */
export const WRITTEN_WITHIN_MS = 250;

export interface AccountsGuard {
  /** Each once, in the order of numbers: they are locked in this order. */
  readonly keys: readonly AccountKey[];
  /** The versions at which the accounts were decided on. */
  readonly versions: readonly string[];
  /** When they were decided on, and until when time alone changes none of them; milliseconds since 1970. */
  readonly now: number;
  readonly holdsUntil: number;
}

/**
 * Locks accounts in the order of their keys, and fails the transaction where one isn't any more what was decided on: it
 * has another version, or somebody has it locked and is about to give it one. Waiting for that lock would keep every other
 * account waiting too. It answers with the database's clock.
 */
export function guardAccounts({ keys, versions, now, holdsUntil }: AccountsGuard): Statement {
  const latest = Math.min(now + WRITTEN_WITHIN_MS, holdsUntil);
  return {
    name: 'guard_accounts',
    text: `with locked as materialized (
        select known.account_id from unnest($1::bigint[], $2::bigint[]) known (account_id, version), lateral (
          select from accounts where account_id = known.account_id and id_clock = known.version limit 1
            for no key update skip locked
        ) account
      ), clock as materialized (select count(*) as accounts, clock_timestamp() as now from locked)
      select now, case
        when accounts <> $3::int then refuse_batch('${ACCOUNTS_CHANGED}', (
          select string_agg(account_id::text, ',')
          from (select unnest($1::bigint[]) as account_id except select account_id from locked) changed
        ))
        when now < $4::timestamptz or now >= $5::timestamptz then refuse_batch('${OUT_OF_TIME}', null)
      end from clock`,
    values: [
      arrayOf(keys),
      arrayOf(versions),
      keys.length,
      new Date(now).toISOString(),
      new Date(latest).toISOString(),
    ],
  };
}

/** Fails the transaction where any of these idempotency keys is known. */
export function guardKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'guard_keys',
    text: `with found as materialized (
        select wanted.account_id, wanted.key from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key)
        where exists (${knownKeys})
      )
      select refuse_batch('${ANSWERED_BEFORE}', string_agg(account_id || '/' || key, ',')) from found having count(*) > 0`,
    values: [arrayOf(keys.map(({ scope }) => scope)), arrayOf(keys.map(({ key }) => key))],
  };
}

/** A test clock that a batch was decided by. */
export interface TestClockReading extends TestClock {
  readonly environment: string;
}

/** Fails the transaction where one of these clocks doesn't tell any more what it told. Accounts must be locked before. */
export function guardTestClocks(readings: readonly TestClockReading[]): Statement {
  return {
    name: 'guard_test_clocks',
    text: `select refuse_batch('${TEST_CLOCK_ADVANCED}', null)
      from unnest($1::text[], $2::integer[], $3::bigint[]) known (environment, number, ahead_ms)
      where known.ahead_ms <> ${aheadMsOf('known.environment', 'known.number')}`,
    values: [
      readings.map(({ environment }) => environment),
      arrayOf(readings.map(({ number }) => number)),
      arrayOf(readings.map(({ aheadMs }) => aheadMs)),
    ],
  };
}

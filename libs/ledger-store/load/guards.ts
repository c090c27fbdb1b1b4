import type { AccountKey, CounterWindow, TestClock } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';
import { aheadMsOf } from './test-clock-statements.ts';
import { knownKeys, type KeyPlace } from './key-statements.ts';
import { WANTED_WINDOWS, windowParameters } from './window-statements.ts';

/**
 * Guards stand before the writes of a batch that was decided on cached accounts. Each proves one thing that the decisions
 * took for true, under the accounts' locks. Where it isn't, the guard refuses the batch by `refuse` (migration 0015): nothing
 * that stands behind it in the transaction is written, see {@link UNLESS_REFUSED}.
 */

/** Why a guard refuses a batch. */
export type RefusalReason =
  'accounts_changed' | 'answered_before' | 'windows_known' | 'test_clock_advanced' | 'out_of_time';

/** What every guard answers with; `refusal` is `null` where it has proved what it should. */
export interface GuardRow {
  readonly refusal: string | null;
}

/** What the first guard of accounts answers. */
export interface ClockReading extends GuardRow {
  readonly now: Date;
}

/** A guard has found that a batch can't be written as it was decided. Nothing was changed, and the connection is as good as before. */
export class BatchRefused extends Error {
  override readonly name = 'BatchRefused';

  /** @param found account keys, or idempotency keys; none where the guard names none */
  constructor(
    readonly reason: RefusalReason,
    readonly found: readonly string[],
  ) {
    super(`a guard refused the batch: ${reason}`);
  }

  /** @param refusal what `refuse` returned */
  static from(refusal: string): BatchRefused {
    const [reason, found = ''] = refusal.split(' ');
    return new BatchRefused(
      reason as RefusalReason,
      found.split(',').filter((name) => name !== ''),
    );
  }
}

/** SQL that refuses the batch. @param found SQL of what it is refused for, separated by commas */
export function refuse(reason: RefusalReason, found = 'null'): string {
  return `refuse('${reason}', ${found})`;
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

const CHANGED = `(
  select string_agg(account_id::text, ',')
  from (select unnest($1::bigint[]) as account_id except select account_id from locked) changed
)`;

/**
 * Locks accounts in the order of their keys, and refuses the batch where one isn't any more what was decided on: it
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
        when accounts <> $3::int then ${refuse('accounts_changed', CHANGED)}
        when now < $4::timestamptz or now >= $5::timestamptz then ${refuse('out_of_time')}
      end as refusal from clock`,
    values: [
      arrayOf(keys),
      arrayOf(versions),
      keys.length,
      new Date(now).toISOString(),
      new Date(latest).toISOString(),
    ],
  };
}

/** Refuses the batch where any of these idempotency keys is known. */
export function guardKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'guard_keys',
    text: `with found as materialized (
        select wanted.account_id, wanted.key from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key)
        where exists (${knownKeys})
      )
      select ${refuse('answered_before', `string_agg(account_id || '/' || key, ',')`)} as refusal from found having count(*) > 0`,
    values: [arrayOf(keys.map(({ scope }) => scope)), arrayOf(keys.map(({ key }) => key))],
  };
}

/**
 * Refuses the batch where any of these windows, which were taken for ones that nobody has counted in, has a row. The one that starts last
 * before a window ends also ends last, so no other can reach into it.
 */
export function guardWindows(windows: readonly CounterWindow[]): Statement {
  return {
    name: 'guard_windows',
    text: `with found as materialized (
        select distinct wanted.account_id from ${WANTED_WINDOWS}
        where (
          select window_end is null or window_end > wanted.window_start from counters
          where account_id = wanted.account_id and counter = wanted.counter and window_start < wanted.window_end
          order by window_start desc limit 1
        )
      )
      select ${refuse('windows_known', `string_agg(account_id::text, ',')`)} as refusal from found having count(*) > 0`,
    values: windowParameters(windows),
  };
}

/** A test clock that a batch was decided by. */
export interface TestClockReading extends TestClock {
  readonly environment: string;
}

/** Refuses the batch where one of these clocks doesn't show any more what it showed. Accounts must be locked before. */
export function guardTestClocks(readings: readonly TestClockReading[]): Statement {
  return {
    name: 'guard_test_clocks',
    text: `select ${refuse('test_clock_advanced')} as refusal
      from unnest($1::text[], $2::integer[], $3::bigint[]) known (environment, number, ahead_ms)
      where known.ahead_ms <> ${aheadMsOf('known.environment', 'known.number')}`,
    values: [
      readings.map(({ environment }) => environment),
      arrayOf(readings.map(({ number }) => number)),
      arrayOf(readings.map(({ aheadMs }) => aheadMs)),
    ],
  };
}

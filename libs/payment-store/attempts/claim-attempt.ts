import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { randomUUID } from 'node:crypto';
import { keyOf, type AttemptRef } from './attempt-ref.ts';

/** After how long without a renewal another process asks the provider. */
export const LEASE_MS = 4_000;

/** An attempt that nobody else makes until the lease has expired. */
export interface ClaimedAttempt {
  readonly claimed: true;
  readonly ref: AttemptRef;
  readonly lease: string;
  /** How many attempts before it had an unknown outcome. */
  readonly tries: number;
  /** Since the first attempt. */
  readonly ageMs: number;
}

export interface NotClaimed {
  readonly claimed: false;
  /** When it is due, in milliseconds from now; null where it has just ended. */
  readonly dueInMs: number | null;
}

/**
 * Takes an attempt for this process, where it is due.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function claimAttempt(pool: Pool, ref: AttemptRef, leaseMs: number): Promise<ClaimedAttempt | NotClaimed> {
  return attemptRead(async () => {
    const database = queryable(pool);
    const lease = randomUUID();
    const claim = await database.query<ClaimRow>(CLAIM, [...keyOf(ref), ref.purchase, lease, leaseMs]);
    const [claimed] = claim.rows;
    if (claimed) return { claimed: true, ref, lease, tries: claimed.tries, ageMs: claimed.age_ms };
    const due = await database.query<{ readonly due_in_ms: number }>(DUE_IN, keyOf(ref));
    const dueInMs = due.rows[0]?.due_in_ms ?? null;
    return { claimed: false, dueInMs: dueInMs && Math.max(0, dueInMs) };
  });
}

interface ClaimRow {
  readonly tries: number;
  readonly age_ms: number;
}

// The conflict locks the row that is there, so that of two claims at the same moment one finds the other's lease.
const CLAIM = `
  insert into payment_attempts as a (account_id, id, purchase_id, lease, next_attempt_at)
  values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 ms')
  on conflict (account_id, id) do update set lease = excluded.lease, next_attempt_at = excluded.next_attempt_at
    where a.next_attempt_at <= clock_timestamp()
  returning tries, ceil(extract(epoch from clock_timestamp() - first_at) * 1000)::float8 as age_ms`;

const DUE_IN = `
  select ceil(extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::float8 as due_in_ms
  from payment_attempts where account_id = $1 and id = $2`;

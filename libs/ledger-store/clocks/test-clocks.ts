import type { Pool, PoolClient } from '#database';
import { newUuid, type TestClock } from '#ledger';
import type { AuditEntry } from '../engine/audit.ts';
import { constraintOf } from '../engine/failures.ts';
import type { Actor, Answer, IdempotencyKey, Rendered } from '../engine/submission.ts';
import { findCurrentClocks, testClockFromRow, type TestClockRow } from '../load/test-clock-statements.ts';
import { rowsOf } from '../load/load-state.ts';
import { findKeys, type KeyRow } from '../load/key-statements.ts';
import { attemptRead } from '../read/attempt-read.ts';
import { inSnapshot } from '../read/snapshot.ts';
import type { Statement } from '../statement.ts';
import { transact, type Work } from '../transact.ts';
import { enterInAudit, rememberAnswers } from '../write/write-changes.ts';

/** What an environment's current clock tells. */
export interface ClockTime {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly aheadMs: number;
}

export type AdvanceOutcome =
  | ({ readonly ok: true } & ClockTime)
  /** It would be more than {@link AHEAD_MS_MAX} ahead of real time. */
  | { readonly ok: false; readonly code: 'test_clock_too_far' }
  | { readonly ok: false; readonly code: 'idempotency_key_reused' };

export interface Advance {
  readonly environment: string;
  /** At least 1. */
  readonly milliseconds: number;
  readonly actor: Actor;
  readonly key: IdempotencyKey | null;
  /** Writes the answer, which is remembered under the key where the clock was advanced. */
  readonly render: (outcome: AdvanceOutcome) => Rendered;
}

/** Ten years of 365 days; a constraint of migration 0006 says the same. */
export const AHEAD_MS_MAX = 10 * 365 * 24 * 60 * 60 * 1000;
const TOO_FAR = 'test_clocks_stay_within_ten_years';

/**
 * The clocks of the environments other than `live`. Decisions read them under their accounts' locks; here they are moved,
 * and never back: an environment whose time is to begin anew gets another clock, for the accounts that are made from then on.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class TestClocks {
  constructor(private readonly pool: Pool) {}

  read(environment: string): Promise<ClockTime> {
    return attemptRead(() => inSnapshot(this.pool, (client) => readClock(client, environment)));
  }

  /** Moves the time of every account forward that lives by the environment's current clock. */
  async advance(advance: Advance): Promise<Answer> {
    try {
      return await transact(this.pool, (client) => advanceOn(client, advance));
    } catch (error) {
      if (constraintOf(error) !== TOO_FAR) throw error;
      return { ...advance.render({ ok: false, code: 'test_clock_too_far' }), replayed: false };
    }
  }

  /** Gives the environment a clock at real time. One that was never advanced is there already. */
  reset(environment: string, actor: Actor): Promise<ClockTime> {
    return transact(this.pool, async (client) => {
      const { number, aheadMs } = await lockClock(client, environment);
      const { now } = await readClock(client, environment);
      const result = { now: now - aheadMs, aheadMs: 0 };
      if (aheadMs === 0) return { result, writes: [] };
      const entry = auditEntry(environment, actor, aheadMs, result);
      return { result, writes: [startClock(environment, number + 1), ...enterInAudit([entry])] };
    });
  }
}

async function advanceOn(
  client: PoolClient,
  { environment, milliseconds, actor, key, render }: Advance,
): Promise<Work<Answer>> {
  // The lock keeps requests with one key apart.
  const { number, aheadMs } = await lockClock(client, environment);
  const [earlier] = key ? await rowsOf<KeyRow>(client, findKeys([key])) : [];
  if (key && earlier) {
    const { status, body, fingerprint } = earlier;
    if (fingerprint === key.fingerprint) return { result: { status, body, replayed: true }, writes: [] };
    return { result: { ...render({ ok: false, code: 'idempotency_key_reused' }), replayed: false }, writes: [] };
  }
  await rowsOf(client, moveClock(environment, number, milliseconds));
  const clock = await readClock(client, environment);
  const answer = render({ ok: true, ...clock });
  const remembered = key ? rememberAnswers([{ key, answer }]) : [];
  const writes = [...remembered, ...enterInAudit([auditEntry(environment, actor, aheadMs, clock)])];
  return { result: { ...answer, replayed: false }, writes };
}

function auditEntry(environment: string, actor: Actor, aheadMs: number, after: ClockTime): AuditEntry {
  // The log is kept in real time.
  const at = after.now - after.aheadMs;
  const view = (ms: number): AuditEntry['after'] => ({ offset_seconds: ms / 1000 });
  return {
    id: newUuid(at),
    environment,
    actor,
    object: 'test_clock',
    before: view(aheadMs),
    after: view(after.aheadMs),
    at,
  };
}

/** Which clock is the environment's stays so until the transaction ends; accounts can be made meanwhile. */
async function lockClock(client: PoolClient, environment: string): Promise<TestClock> {
  const text = 'select from environments where name = $1 for no key update';
  await rowsOf(client, { name: 'lock_current_clock', text, values: [environment] });
  // Read by a statement of its own: the one that waited for the lock has seen the clocks as they were before.
  const [row] = await rowsOf<TestClockRow>(client, findCurrentClocks([environment]));
  if (!row) throw new Error(`there is no environment ${environment}`);
  return testClockFromRow(row);
}

async function readClock(client: PoolClient, environment: string): Promise<ClockTime> {
  const { text, values } = findCurrentClocks([environment]);
  const [row] = await rowsOf<TestClockRow & { now: Date }>(client, {
    name: 'read_current_clock',
    text: `select c.*, clock_timestamp() + c.ahead_ms * interval '1 millisecond' as now from (${text}) c`,
    values,
  });
  if (!row) throw new Error(`there is no environment ${environment}`);
  return { now: row.now.getTime(), aheadMs: testClockFromRow(row).aheadMs };
}

function moveClock(environment: string, number: number, milliseconds: number): Statement {
  return {
    name: 'move_clock',
    text: `insert into test_clocks as c (environment, number, ahead_ms) values ($1, $2, $3)
      on conflict (environment, number) do update set ahead_ms = c.ahead_ms + excluded.ahead_ms`,
    values: [environment, number, milliseconds],
  };
}

function startClock(environment: string, number: number): Statement {
  return {
    name: 'start_clock',
    text: 'update environments set test_clock = $2 where name = $1',
    values: [environment, number],
  };
}

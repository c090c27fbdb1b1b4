import type { Pool } from '#database';
import { fillAccounts } from './fill-accounts.ts';
import { chunksOf } from './chunks.ts';
import {
  insertAuthorizations,
  spendGrants,
  insertKeys,
  insertTransfers,
  moveClocks,
  type HistoryPlan,
} from './history-statements.ts';

export interface HistoryToFill {
  /** How many closed authorizations, with a transfer of usage and, for the last days, two idempotency keys each. */
  readonly authorizations: number;
  /** How many accounts share them evenly. */
  readonly accounts: number;
  /** Over how many days up to now they are spread. */
  readonly days: number;
  /** What each account was granted; more than it has spent. */
  readonly granted: string;
  /** Receives a line about progress now and then. */
  readonly log: (line: string) => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CHUNK = 250_000;
/** Clocks differ a little, and the history must be over when the first decision comes. */
const ENDS_BEFORE_NOW_MS = 60_000;
/** For how long the service keeps keys unless it is told otherwise. */
const KEYS_KEPT_DAYS = 7;

/**
 * Gives a migrated, empty database a past: accounts that have spent for months, in the partitions of those months. The rows
 * are those the service would have written, in the order of time, so that indexes grow as they do in service, and
 * `verify` is clean. Two connections work at once.
 */
export async function fillHistory(pool: Pool, toFill: HistoryToFill): Promise<void> {
  const end = Date.now() - ENDS_BEFORE_NOW_MS;
  const start = end - toFill.days * DAY_MS;
  const plan = planOf(toFill, start, end);
  await makePartitions(pool, start, end, toFill.days);
  const { accounts, granted, log } = toFill;
  await fillAccounts(pool, { accounts, granted, at: start - 1, log });
  await Promise.all([
    fill(pool, 'authorizations', insertAuthorizations, plan, log),
    fill(pool, 'transfers', insertTransfers, plan, log),
  ]);
  await fill(pool, 'authorizations with their keys', insertKeys, recent(plan, end), log);
  await pool.query(spendGrants(plan));
  await pool.query(moveClocks(plan));
  await pool.query('vacuum (analyze) accounts, grants, authorizations, transfers, idempotency_keys');
}

function planOf({ authorizations, accounts, granted }: HistoryToFill, start: number, end: number): HistoryPlan {
  const apart = ((end - start) / authorizations) * accounts;
  // Two ids of one account need two stamps, and a model runs for a while.
  if (apart < 4)
    throw new RangeError(`${authorizations} authorizations of ${accounts} accounts don't fit in that time`);
  return { from: 0, count: authorizations, accounts, granted, start, end, runMs: Math.floor(Math.min(800, apart / 2)) };
}

/** The part of a plan that the service would still have keys of. */
function recent(plan: HistoryPlan, end: number): HistoryPlan {
  const share = Math.min(1, (KEYS_KEPT_DAYS * DAY_MS) / (end - plan.start));
  return { ...plan, from: plan.count - Math.floor(plan.count * share) };
}

/** For every month there is something in, and for the weeks whose keys are kept. */
async function makePartitions(pool: Pool, start: number, end: number, days: number): Promise<void> {
  await pool.query('select make_partitions($1, $2)', [new Date(start - 1), Math.ceil(days / 28) + 1]);
  await pool.query('select make_partitions($1, 1)', [new Date(end - KEYS_KEPT_DAYS * DAY_MS)]);
  await pool.query('select drop_old_idempotency_keys(make_interval(days => $1))', [KEYS_KEPT_DAYS]);
}

async function fill(
  pool: Pool,
  what: string,
  statement: (plan: HistoryPlan, from: number, to: number) => string,
  plan: HistoryPlan,
  log: (line: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  const total = plan.count - plan.from;
  for (const { from, to } of chunksOf(total, CHUNK)) {
    await pool.query(statement(plan, plan.from + from, plan.from + to));
    const seconds = (performance.now() - startedAt) / 1000;
    log(`filled ${to} of ${total} ${what}, ${Math.round(to / seconds)} per second`);
  }
}

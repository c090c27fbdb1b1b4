import { Amount, formatAmount, ZERO } from '#amounts';
import type { Pool } from '#database';
import {
  applyingRules,
  environmentRulesFrom,
  isInForce,
  NO_LIMIT_RULES,
  ownRulesFrom,
  restraintFrom,
  SPIKE_DAYS,
  spikeIn,
  windowEndOf,
  windowStartOf,
  type AccountKey,
  type Command,
  type Finding,
  type LoopRule,
  type Rules,
  type SpikeRule,
} from '#ledger';
import type { Engine } from '../engine/engine.ts';
import { rowsOf } from '../load/rows-of.ts';
import { attemptRead } from '../read/attempt-read.ts';
import { inSnapshot } from '../read/snapshot.ts';
import type { Statement } from '../statement.ts';
import {
  findRepeated,
  findSpending,
  findWatched,
  REQUESTS_MAX,
  type RepeatedRow,
  type Span,
  type SpendingRow,
  type WatchedRow,
} from './usage-statements.ts';

/** So many accounts at a time. */
const ACCOUNTS_AT_ONCE = 100;
/** No account has such a key. */
const BEFORE_ALL: AccountKey = '-1';
const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60_000;

interface Watched {
  readonly row: WatchedRow;
  readonly rules: Rules;
  /** By its clock. */
  readonly now: number;
  readonly aheadMs: number;
}

/**
 * Looks for spikes and loops in what accounts used lately, and reports restraints that have ended. What it finds again, or at the same
 * time as another worker, changes nothing: the decision reports each window once.
 *
 * @returns how many findings it has submitted
 * @throws {LedgerUnavailable} where the database isn't there
 */
export async function watchUsage(engine: Engine, pool: Pool): Promise<number> {
  let submitted = 0;
  for (let after = BEFORE_ALL; ;) {
    const rows = await readRows<WatchedRow>(pool, findWatched({ after, limit: ACCOUNTS_AT_ONCE }));
    for (const row of rows) submitted += await watchAccount(engine, pool, row);
    const last = rows.at(-1);
    if (!last || rows.length < ACCOUNTS_AT_ONCE) return submitted;
    after = last.account_id;
  }
}

async function watchAccount(engine: Engine, pool: Pool, row: WatchedRow): Promise<number> {
  const aheadMs = Number(row.ahead_ms);
  const now = row.now.getTime() + aheadMs;
  const rules = applyingRules(ownRulesFrom(row.rules), environmentRulesFrom(row.default_rules));
  const account = { environment: row.environment, id: row.external_id, key: row.account_id };
  if (row.restraints.map(restraintFrom).some((one) => !isInForce(one, now))) {
    await submit(engine, { type: 'resume_usage', account, tag: null, value: null, onlyEnded: true });
  }
  if (rules === NO_LIMIT_RULES) return 0;
  const watched = { row, rules, now, aheadMs };
  const findings = [...(await spikesOf(pool, watched)), ...(await loopsOf(pool, watched))];
  for (const finding of findings) await submit(engine, { type: 'restrain', account, finding });
  return findings.length;
}

async function spikesOf(pool: Pool, watched: Watched): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const rule of watched.rules.spike) found.push(...(await spikesBy(pool, watched, rule)));
  return found;
}

/** The hour under way, and the values that have reached the floor in it; only of these is it asked what is usual. */
async function spikesBy(pool: Pool, watched: Watched, rule: SpikeRule): Promise<Finding[]> {
  const windowStart = windowStartOf('spike', watched.now);
  const { tag, floor } = rule;
  const spending = (
    at: number,
    atLeast: Amount,
    values: readonly (string | null)[] | null,
  ): Promise<readonly SpendingRow[]> =>
    readRows(pool, findSpending(spanOf(watched, 'spike', at), { tag, atLeast: formatAmount(atLeast), values }));
  const spent = await spending(windowStart, floor, null);
  if (spent.length === 0) return [];
  const values = spent.map(({ value }) => value);
  const days = Array.from({ length: SPIKE_DAYS }, (_, day) => windowStart - (day + 1) * DAY_MS);
  const hours = days.filter((at) => windowEndOf({ kind: 'spike', windowStart: at }) > watched.row.created_at.getTime());
  const earlier = await Promise.all(hours.map((at) => spending(at, ZERO, values)));
  // Of an hour of more requests than are read it isn't known what was usual.
  if (earlier.flat().some(({ requests }) => requests >= REQUESTS_MAX)) return [];
  return spent.flatMap((one): Finding[] => {
    const usual = earlier.map((rows) => new Amount(rows.find(({ value }) => value === one.value)?.spent ?? 0));
    const figures = spikeIn(rule, new Amount(one.spent), usual);
    return figures ? [{ kind: 'spike', rule, value: one.value, windowStart, figures }] : [];
  });
}

async function loopsOf(pool: Pool, watched: Watched): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const rule of watched.rules.loop) found.push(...(await loopsBy(pool, watched, rule)));
  return found;
}

/** The minute under way, and the one before: it may have ended since the last look. */
async function loopsBy(pool: Pool, watched: Watched, rule: LoopRule): Promise<Finding[]> {
  const windows = [watched.now - MINUTE_MS, watched.now].map((at) => windowStartOf('loop', at));
  const found = await Promise.all(
    windows.map(async (windowStart) => {
      const span = spanOf(watched, 'loop', windowStart);
      const rows = await readRows<RepeatedRow>(pool, findRepeated(span, { tag: rule.tag, atLeast: rule.times }));
      return rows.map(({ value, requests }): Finding => ({ kind: 'loop', rule, value, windowStart, requests }));
    }),
  );
  return found.flat();
}

function spanOf({ row, aheadMs }: Watched, kind: Finding['kind'], windowStart: number): Span {
  return { account: row.account_id, aheadMs, from: windowStart, to: windowEndOf({ kind, windowStart }) };
}

function readRows<Row extends object>(pool: Pool, statement: Statement): Promise<readonly Row[]> {
  return attemptRead(() => inSnapshot(pool, (client) => rowsOf<Row>(client, statement)));
}

/** An account that was closed meanwhile needs no restraint. */
async function submit(engine: Engine, command: Command<'restrain' | 'resume_usage'>): Promise<void> {
  await engine.submit({ command, key: null, render: () => ({ status: 200, body: '' }) });
}

import { formatAmount } from '#amounts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { escapeLiteral } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestBooks } from '../testing/test-books.ts';
import type { MarginGroup } from './margin-group.ts';
import { UsageMarginReport, type UsageMargin, type UsageMarginRequest } from './usage-margin-report.ts';
import { usageMargin, type MarginTerms } from './usage-margin-statement.ts';

/** Once committed, they are adjusted a thousand times each. */
const OFTEN_ADJUSTED = 5;
const ADJUSTMENTS = 1000;
/** Committed once. */
const OTHERS = 15_000;
const RECORDS = OFTEN_ADJUSTED * (ADJUSTMENTS + 1) + OTHERS;
const START = Date.parse('2026-03-01T00:00:00Z');
const HOUR_MS = 3_600_000;

const TERMS: MarginTerms = {
  environment: 'live',
  from: new Date(START),
  to: new Date(START + HOUR_MS),
  currency: 'USD',
  pricePerCredit: null,
  isPaidInCurrency: true,
  group: 'model',
  tag: null,
  groupsMax: 1000,
};

let database: TestDatabase;
let books: TestBooks;
beforeAll(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
  await books.pool.query(
    `insert into accounts (account_id, environment, external_id, unit, overdraft_limit, overage, time_zone, metadata,
      status, debt, overdraft_held, id_clock, created_at)
    values (1, 'live', 'acme', 'credits', 0, 'cap', 'UTC', '{}', 'active', 0, 0, 0, to_timestamp(${START / 1000}))`,
  );
  await insertRecords(
    `select 'charge' as kind, n, n as step, 'small' as model, 1 as cost from generate_series(1, ${OTHERS}) n`,
  );
  // Adjustment k states a cost of k, of one model and another by turns.
  await insertRecords(
    `select case k when 0 then 'commit' else 'adjustment' end, ${OTHERS} + n, ${OTHERS} + k * ${OFTEN_ADJUSTED} + n,
      case k % 2 when 0 then 'small' else 'large' end, k
    from generate_series(1, ${OFTEN_ADJUSTED}) n, generate_series(0, ${ADJUSTMENTS}) k`,
  );
  // Each was charged 3 credits, as a debt.
  await books.pool.query(
    `insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, authorization_id, created_at)
    select account_id, min(id::text)::uuid, min(id::text)::uuid, 'usage', 'debt', 'usage', 3, authorization_id, min(created_at)
    from usage_records group by account_id, authorization_id`,
  );
  await books.pool.query('analyze');
});
afterAll(async () => {
  await books.pool.end();
  await database.drop();
});

/** The records of authorizations 1, 2, …: one at every 50 ms, in the order of their steps. */
function insertRecords(rows: string): Promise<unknown> {
  const instant = (number: string): string => `to_timestamp((${START} + ${number} * 50) / 1000.0)`;
  return books.pool.query(
    `insert into usage_records (account_id, id, environment, authorization_id, statement_id, kind, usage, lines, amount,
      settlement, cost, cost_currency, created_at)
    select 1, uuid_at(${instant('step')}), 'live', uuid_at(to_timestamp((${START} - 1000000 + n) / 1000.0)),
      uuid_at(${instant('step')}), kind::usage_record_kind, jsonb_build_object('event', 'chat', 'model', model), '[]', 1,
      'exact', cost, 'USD', ${instant('step')}
    from (${rows}) as rows (kind, n, step, model, cost)`,
  );
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** The most rows that a step of the plan has looked at, in all its loops. */
function mostLookedAt(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
  const own = node['Actual Loops'] * (node['Actual Rows'] + removed);
  return Math.max(own, ...(node.Plans ?? []).map(mostLookedAt));
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

async function rowsLookedAt(group: MarginGroup, planned: string): Promise<number> {
  const { text, values } = usageMargin({ ...TERMS, group, tag: group === 'tag' ? 'team' : null });
  const client = await books.pool.connect();
  try {
    // A statement that is prepared gets one plan for all ranges, after a few.
    await client.query(`set plan_cache_mode = ${planned}`);
    await client.query(`prepare report as ${text}`);
    const literals = values.map((value) => (value === null ? 'null' : escapeLiteral(textOf(value))));
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, timing off, format json) execute report(${literals.join()})`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (!plan) throw new Error('Postgres gave no plan');
    return mostLookedAt(plan);
  } finally {
    client.release(true);
  }
}

function report(terms: Partial<UsageMarginRequest>): Promise<UsageMargin> {
  const range = { from: START, to: START + HOUR_MS };
  const currency = { currency: 'USD', paidCurrency: 'USD', pricePerCredit: null };
  return new UsageMarginReport(books.pool).read({
    ...{ environment: 'live', group: 'model', tag: null, ...range, ...currency },
    ...terms,
  });
}

function costs({ rows }: UsageMargin): Record<string, string> {
  return Object.fromEntries(rows.map(({ value, cost }) => [value, formatAmount(cost)]));
}

describe('the report of authorizations that were adjusted a thousand times', () => {
  it.each<MarginGroup>(['model', 'account'])('looks at each record a few times, by %s', async (group) => {
    expect(await rowsLookedAt(group, 'force_custom_plan')).toBeLessThan(3 * RECORDS);
    expect(await rowsLookedAt(group, 'force_generic_plan')).toBeLessThan(3 * RECORDS);
  });

  it('has the cost of what was stated last', async () => {
    const all = await report({});
    expect(costs(all)).toEqual({ small: String(OTHERS + OFTEN_ADJUSTED * ADJUSTMENTS), large: '0' });
    expect(all.total.requests).toBe(OTHERS + OFTEN_ADJUSTED);
    expect((await report({ from: 0 })).total).toEqual(all.total);
    expect(formatAmount(all.total.credits)).toBe(String(3 * (OTHERS + OFTEN_ADJUSTED)));
  });

  it('has for a range what its adjustments have changed', async () => {
    // Before it, all five were adjusted nine times; in it, another eleven times.
    const from = START + (OTHERS + OFTEN_ADJUSTED * 10) * 50 + 1;
    const to = START + (OTHERS + OFTEN_ADJUSTED * 21) * 50 + 1;
    const states = await report({ from, to });
    expect(costs(states)).toEqual({ small: String(OFTEN_ADJUSTED * 20), large: String(-OFTEN_ADJUSTED * 9) });
    expect(states.total).toMatchObject({ requests: 0, unknownCosts: 0 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { kyselyFrom } from '#database';
import { TestBooks } from '../testing/test-books.ts';
import { findAccountsBy, type AccountFilter } from './account-search.ts';
import type { LedgerTables } from './tables.ts';

const ACCOUNTS = 50_000;
const RARE_PLAN = '019a0000-0000-7000-8000-000000000001';
const COMMON_PLAN = '019a0000-0000-7000-8000-000000000002';

let database: TestDatabase;
let books: TestBooks;
beforeAll(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
  await books.pool.query(
    `insert into accounts (account_id, environment, external_id, unit, name, overdraft_limit, overage, time_zone, metadata,
      status, debt, overdraft_held, id_clock, created_at)
    select n, 'live', 'cust_' || n, 'credits', 'Customer ' || n, 0, 'cap', 'UTC',
      jsonb_build_object('plan', case when n % 3 = 0 then 'pro' else 'free' end, 'crm', 'crm-' || n),
      case when n % 10000 = 7 then 'suspended' else 'active' end::account_status, 0, 0, 0,
      '2026-01-01'::timestamptz + n * interval '1 second'
    from generate_series(1, $1::integer) n`,
    [ACCOUNTS],
  );
  await books.pool.query(
    `insert into account_refills (account_id, recurring, plan, auto_topup)
    select n, '[]', jsonb_build_object('current', jsonb_build_object('plan', case when n % 10000 = 7 then $2 else $3 end)),
      jsonb_build_object('enabled', n % 10 <> 1, 'suspended', n % 10000 = 7)
    from generate_series(1, $1::integer) n where n % 2 = 1`,
    [ACCOUNTS, RARE_PLAN, COMMON_PLAN],
  );
  await books.pool.query('vacuum (analyze) accounts, account_refills');
});
afterAll(async () => {
  // The plans that they are on aren't there.
  await books.pool.query('truncate account_refills');
  await books.close();
  await database.drop();
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** How many rows were looked at to find a page, and by which kinds of scans. */
async function lookedAt(filter: Partial<AccountFilter>): Promise<{ rows: number; found: number; scans: string[] }> {
  const all = { idPrefix: null, name: null, status: null, plan: null, autoTopup: null, metadata: {}, ...filter };
  const query = findAccountsBy(kyselyFrom<LedgerTables>(books.pool), 'live', all, { limit: 20, after: null });
  const { rows } = await books.pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (analyze, format json) ${query.sql}`,
    [...query.parameters],
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (!plan) throw new Error('Postgres gave no plan');
  const scans = nodesOf(plan).filter((node) => node['Node Type'].includes('Scan'));
  const looked = scans.map(
    (node) =>
      node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0),
  );
  return { rows: Math.max(...looked), found: plan['Actual Rows'], scans: scans.map((node) => node['Node Type']) };
}

describe('finding accounts among many', () => {
  it.each<[string, Partial<AccountFilter>, number]>([
    ['nothing in particular', {}, 21],
    ['an id', { idPrefix: 'cust_49999' }, 1],
    ['the beginning of few ids', { idPrefix: 'cust_4999' }, 11],
    ['the beginning of all ids', { idPrefix: 'cust_' }, 21],
    ['an id that nobody has', { idPrefix: 'customer_' }, 0],
    ['a status that few have', { status: 'suspended' }, 5],
    ['a status that nobody has', { status: 'closed' }, 0],
    ['the status that most have', { status: 'active' }, 21],
    ['a plan that few are on', { plan: RARE_PLAN }, 5],
    ['the plan that most are on', { plan: COMMON_PLAN }, 21],
    ['a plan that nobody is on', { plan: '019a0000-0000-7000-8000-000000000003' }, 0],
    ['suspended rules to buy credits', { autoTopup: 'suspended' }, 5],
    ['rules that buy credits', { autoTopup: 'active' }, 21],
    ['metadata that one has', { metadata: { crm: 'crm-17' } }, 1],
    ['metadata that nobody has', { metadata: { crm: 'none' } }, 0],
    ['metadata that many have', { metadata: { plan: 'pro' } }, 21],
    ['metadata and an id', { metadata: { plan: 'pro' }, idPrefix: 'cust_4999' }, 3],
    ['a name that many have', { name: 'customer' }, 21],
  ])('looks at few of them for %s', async (_, filter, found) => {
    const looked = await lookedAt(filter);
    expect(looked.found).toBe(found);
    expect(looked.scans).not.toContain('Seq Scan');
    expect(looked.rows).toBeLessThan(ACCOUNTS / 10);
  });
});

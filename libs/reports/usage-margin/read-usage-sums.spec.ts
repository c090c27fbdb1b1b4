import { formatAmount } from '#amounts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { readUsageSums } from './read-usage-sums.ts';
import type { UsageGrouping } from './usage-sum.ts';

const FROM = Date.parse('2026-03-01T00:00:00Z');
const TO = Date.parse('2026-04-01T00:00:00Z');
const KEY = '0190a5b1-0000-7000-8000-000000000001';
const NO_KEY = '00000000-0000-0000-0000-000000000000';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  for (const [key, name, metadata, erased] of [
    [1, 'acme', { department: 'sales' }, null],
    [2, 'gone', {}, new Date(FROM)],
  ] as const) {
    await pool.query(
      `insert into accounts (account_id, environment, external_id, unit, overdraft_limit, overage, time_zone, metadata, status,
        debt, overdraft_held, id_clock, created_at, erasure_requested_at, closed_at,
        remainder)
      values ($1, 'live', $2, 'credits', 0, 'cap', 'UTC', $3, $5::text::account_status, 0, 0, 0, now(), $4, $4,
        case when $5::text = 'closed' then 'breakage' end)`,
      [key, name, metadata, erased, erased ? 'closed' : 'active'],
    );
  }
  await addUsage(1, '2026-03-01T00:00:00Z', { model: 'gpt', event: 'chat', provider: 'openai', key: KEY, paid: 4 });
  await addUsage(1, '2026-03-31T23:45:00Z', { model: 'gpt', event: 'chat', paid: 2 });
  await addUsage(1, '2026-04-01T00:00:00Z', { model: 'gpt', event: 'chat', paid: 100 });
  await addUsage(1, '2026-03-05T00:00:00Z', { model: '(commitment)', paid: 10 });
  await addUsage(2, '2026-03-05T00:00:00Z', { model: '(debt repaid)', revenue: 7 });
  await addUsage(2, '2026-03-05T00:00:00Z', { model: 'gpt', event: 'chat', paid: 1 });
  await addTag(1, '2026-03-01T00:00:00Z', 'search', { paid: 4 });
  await addTag(1, '2026-03-31T23:45:00Z', '(none)', { paid: 2 });
  await addTag(1, '2026-03-05T00:00:00Z', '(none)', { paid: 10 });
  await addTag(2, '2026-03-05T00:00:00Z', '(erased)', { paid: 1, revenue: 7 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

interface Figures {
  readonly paid?: number;
  readonly revenue?: number;
}

const SUMS = `requests, late, unpriced, unknown_costs, paid, promotional, included, debt, uncollected, refunded, revenue, cost,
  promotional_cost`;

async function addUsage(
  account: number,
  slot: string,
  { paid = 0, revenue = 0, model, event = '', provider = '', key = NO_KEY }: Figures & Record<string, unknown>,
): Promise<void> {
  const values = [slot, event, model, provider, key, paid, revenue];
  const sums = `1, 0, 0, 0, $6::numeric, 0, 0, 0, 0, 0, $7::numeric, 0, 0`;
  await pool.query(
    `insert into usage_slots (slot, event, model, provider, key_id, account_id, currency, ${SUMS})
    values ($1, $2, $3, $4, $5, $8, 'USD', ${sums})`,
    [...values, account],
  );
  await pool.query(
    `insert into environment_usage_slots as e (slot, event, model, provider, key_id, environment, unit, currency, ${SUMS})
    values ($1, $2, $3, $4, $5, 'live', 'credits', 'USD', ${sums})
    on conflict (environment, unit, slot, event, model, provider, key_id, currency) do update set paid = e.paid + excluded.paid`,
    values,
  );
}

async function addTag(account: number, slot: string, value: string, { paid = 0, revenue = 0 }: Figures): Promise<void> {
  await pool.query(
    `insert into tag_slots (account_id, slot, tag, value, currency, ${SUMS})
    values ($1, $2, 'team', $3, 'USD', 1, 0, 0, 0, $4, 0, 0, 0, 0, 0, $5, 0, 0)`,
    [account, slot, value, paid, revenue],
  );
}

/** Credits and revenue, by value. */
async function sumsBy(grouping: UsageGrouping, linesApart = true, dayZone: string | null = null): Promise<object> {
  const sums = await readUsageSums(pool, { environment: 'live', from: FROM, to: TO, grouping, dayZone, linesApart });
  const shown = sums
    .filter(({ credits, revenue }) => !credits.isZero() || !revenue.isZero())
    .map(({ day, value, credits, revenue }) => [`${day}${value}`, `${formatAmount(credits)} ${formatAmount(revenue)}`]);
  return Object.fromEntries(shown) as object;
}

describe('sums of what is rolled up', () => {
  const APART = { '(commitment)': '10 0', '(debt repaid)': '0 7' };

  it('are of a range, by what usage said', async () => {
    expect(await sumsBy({ by: 'model' })).toEqual({ gpt: '7 0', ...APART });
    expect(await sumsBy({ by: 'event' })).toEqual({ chat: '7 0', ...APART });
    expect(await sumsBy({ by: 'provider' })).toEqual({ openai: '4 0', '(none)': '3 0', ...APART });
    expect(await sumsBy({ by: 'key' })).toEqual({ [KEY]: '4 0', '(none)': '3 0', ...APART });
    expect(await sumsBy({ by: 'account' })).toEqual({ acme: '6 0', gone: '1 0', ...APART });
  });

  it('have what no usage is behind in lines of its own, by tags too, and by accounts where that is asked for', async () => {
    const tags = { search: '4 0', '(none)': '2 0', '(erased)': '1 0' };
    expect(await sumsBy({ by: 'tag', tag: 'team' })).toEqual({ ...tags, ...APART });
    expect(await sumsBy({ by: 'tag', tag: 'team' }, false)).toEqual({ ...tags, '(none)': '12 0', '(erased)': '1 7' });
    const metadata = { by: 'metadata', name: 'department' } as const;
    expect(await sumsBy(metadata)).toEqual({ sales: '6 0', '(none)': '1 0', ...APART });
    expect(await sumsBy(metadata, false)).toEqual({ sales: '16 0', '(none)': '1 7' });
  });

  it('are of days by the calendar of a zone', async () => {
    expect(await sumsBy({ by: 'model' }, true, 'America/New_York')).toEqual({
      '2026-02-28gpt': '4 0',
      '2026-03-31gpt': '2 0',
      '2026-03-04gpt': '1 0',
      '2026-03-04(commitment)': '10 0',
      '2026-03-04(debt repaid)': '0 7',
    });
  });
});

import { windowOf } from '#calendar';
import { BudgetScope, newUuid, type Budget } from '#ledger';
import { Amount } from '#amounts';
import type { Pool } from '#database';
import type { AccountRef } from '#ledger';

/** Five that every request of a load counts in, or one that each user has for himself. */
export type BenchBudgets = 'five' | 'per-user';

/** How many users the loads of users choose from. */
export const USERS = 1_000_000;
/** So many rows are written by one statement. */
const AT_ONCE = 50_000;

const MONTHLY_PER_USER = budget('users', { period: 'month', per: 'user' });

const BUDGETS: Readonly<Record<BenchBudgets, readonly Budget[]>> = {
  five: [
    budget('daily', { period: 'day' }),
    budget('chat', { period: 'week', scope: { feature: ['chat'] } }),
    budget('monthly', { period: 'month', thresholds: [50, 75, 90, 100] }),
    budget('models', { period: 'month', per: 'model' }),
    budget('all', { period: 'total', mode: 'soft' }),
  ],
  'per-user': [MONTHLY_PER_USER],
};

export function userName(number: number): string {
  return `user-${number}`;
}

/** Gives accounts their budgets. Of a budget of each user, everybody has a window, as in the middle of a month. */
export async function giveBudgets(pool: Pool, accounts: readonly AccountRef[], which: BenchBudgets): Promise<void> {
  const stored = BUDGETS[which].map(({ amount, ...rest }) => ({ ...rest, amount: amount.toFixed() }));
  await pool.query('update accounts set budgets = $1, id_clock = id_clock + 1 where account_id = any($2)', [
    JSON.stringify(stored),
    accounts.map(({ key }) => key),
  ]);
  if (which === 'per-user') for (const account of accounts) await openWindows(pool, account);
}

async function openWindows(pool: Pool, { key }: AccountRef): Promise<void> {
  const scope = new BudgetScope(MONTHLY_PER_USER);
  const { start, end } = windowOf('month', 'UTC', Date.now());
  for (let from = 0; from < USERS; from += AT_ONCE) {
    const users = Array.from({ length: Math.min(AT_ONCE, USERS - from) }, (_, index) => userName(from + index));
    await pool.query(
      `insert into counters (account_id, counter, kind, name, value, window_start, window_end, used, reserved, open)
        select $1, v.counter, 'budget', $2, v.value, $3, $4, 0, 0, true from unnest($5::uuid[], $6::text[]) v (counter, value)`,
      [
        key,
        MONTHLY_PER_USER.name,
        new Date(start),
        end === null ? null : new Date(end),
        users.map((user) => scope.counterOf(user).counter),
        users,
      ],
    );
  }
}

/** With more room than any run can use. */
function budget(name: string, terms: Partial<Budget>): Budget {
  return {
    name,
    id: newUuid(Date.now()),
    amount: new Amount('1000000000'),
    expected: null,
    period: 'month',
    anchor: null,
    timeZone: null,
    mode: 'hard',
    scope: {},
    per: null,
    thresholds: [],
    until: null,
    raise: null,
    owner: 'operator',
    createdAt: Date.now(),
    ...terms,
  };
}

import type { Pool, PoolClient } from '#database';
import {
  budgetsOf,
  budgetWindowAt,
  Counters,
  timeOf,
  windowsNow,
  type AccountRef,
  type AccountState,
  type Budget,
  type BudgetRef,
  type BudgetScope,
  type BudgetWindow,
  type LedgerRules,
} from '#ledger';
import { ofConnection } from '../engine/failures.ts';
import { counterFromRow, type CounterRow } from '../tables/counters.ts';
import { attemptRead } from './attempt-read.ts';
import { accountIn, inSnapshot, readSettled, type SettledState } from './snapshot.ts';

/** Of a budget for each value, the windows of so many are shown: those with the most spent and held. */
const VALUES_SHOWN_MAX = 20;
/** No window is longer, so an earlier one neither is current nor bounds one that is. */
const WINDOW_MAX = '65 days';

/** A budget of an account, and its current windows. */
export interface ReadBudget {
  readonly budget: Budget;
  /** Whether every account has it. */
  readonly inherited: boolean;
  readonly windows: readonly BudgetWindow[];
  /** The account's time, in milliseconds since 1970. */
  readonly asOf: number;
}

interface Found {
  readonly client: PoolClient;
  readonly loaded: SettledState;
  readonly account: AccountState;
  readonly scopes: readonly BudgetScope[];
}

/** Reads budgets of accounts, those that every account has among them. */
export class BudgetReader {
  constructor(
    private readonly pool: Pool,
    private readonly rules: Pick<LedgerRules, 'budgets'>,
  ) {}

  /** All that an account has, the newest first; `null` where there is no such account. */
  list(ref: AccountRef): Promise<readonly ReadBudget[] | null> {
    return this.read(ref, async (found) => {
      const byValue = await windowsByValue(found, ref);
      const newestFirst = found.scopes.toSorted((a, b) => (a.budget.id < b.budget.id ? 1 : -1));
      return newestFirst.map((scope) => readBudget(found, scope, byValue));
    });
  }

  /**
   * @param value shows the window of this value alone
   * @returns `null` where there is no such account, or it has no such budget
   */
  find(ref: AccountRef, named: BudgetRef, value: string | null): Promise<ReadBudget | 'budget_not_found' | null> {
    return this.read(ref, async (found) => {
      const scope = found.scopes.find(({ budget }) =>
        'id' in named ? budget.id === named.id : budget.name === named.name,
      );
      if (!scope) return 'budget_not_found';
      const only = { ...found, scopes: [scope] };
      if (value === null) return readBudget(found, scope, await windowsByValue(only, ref));
      const windows = scope.budget.per === null ? [] : [await windowOfValue(found, ref, scope, value)];
      return { ...readBudget(found, scope, []), windows };
    });
  }

  private read<T>(ref: AccountRef, work: (found: Found) => Promise<T>): Promise<T | null> {
    return attemptRead(() =>
      inSnapshot(this.pool, async (client) => {
        const loaded = await readSettled(client, ref.environment, [ref.key]);
        const account = accountIn(loaded, ref);
        return account && work({ client, loaded, account, scopes: budgetsOf({ rules: this.rules }, account) });
      }),
    );
  }
}

function readBudget(found: Found, scope: BudgetScope, byValue: readonly CounterRow[]): ReadBudget {
  const { loaded, account } = found;
  const asOf = timeOf(loaded, account);
  const own = byValue
    .map(counterFromRow)
    .filter(({ counter, value }) => value !== null && scope.counterOf(value).counter === counter);
  const windows = own.map(({ value, windowStart: start, windowEnd: end, used, reserved }) => ({
    value,
    window: { start, end },
    spent: used,
    held: reserved,
  }));
  return {
    budget: scope.budget,
    inherited: !account.account.budgets.includes(scope.budget),
    windows: scope.budget.per === null ? windowsNow(calendarOf(account), scope, asOf) : windows,
    asOf,
  };
}

function calendarOf({ account, counters }: AccountState) {
  return { counters, timeZone: account.terms.timeZone };
}

/** Those with the most spent and held, of each budget that has one for each value. */
async function windowsByValue(
  { client, loaded, account, scopes }: Found,
  { key }: AccountRef,
): Promise<readonly CounterRow[]> {
  const names = scopes.filter(({ budget }) => budget.per !== null).map(({ budget }) => budget.name);
  if (names.length === 0) return [];
  const { rows } = await ofConnection(
    client.query<CounterRow>(
      `select c.* from unnest($2::text[]) n (name), lateral (
        select * from counters
        where account_id = $1 and kind = 'budget' and name = n.name and value is not null
          and window_start <= $3::timestamptz and (window_end is null or window_end > $3)
        order by used + reserved desc, value limit ${String(VALUES_SHOWN_MAX)}
      ) c`,
      [key, names, new Date(timeOf(loaded, account))],
    ),
  );
  return rows;
}

async function windowOfValue(
  { client, loaded, account }: Found,
  { key }: AccountRef,
  scope: BudgetScope,
  value: string,
): Promise<BudgetWindow> {
  const now = timeOf(loaded, account);
  const counted = scope.counterOf(value);
  const { rows } = await ofConnection(
    client.query<CounterRow>(
      `select * from counters where account_id = $1 and counter = $2
        and (window_end is null or window_end > $3::timestamptz - interval '${WINDOW_MAX}')`,
      [key, counted.counter, new Date(now)],
    ),
  );
  const counters = Counters.of(rows.map(counterFromRow));
  return budgetWindowAt({ counters, timeZone: account.account.terms.timeZone }, scope, counted, now);
}

import type { Pool } from '#database';
import { attemptRead } from '#ledger-store';
import type { FocusUsage } from './focus-columns.ts';

export interface FocusRange {
  readonly environment: string;
  /** The key of one account, as text; `null`: all. */
  readonly account: string | null;
  /** Milliseconds since 1970, both at the beginning of a slot: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** What costs are in where none is known. */
  readonly currency: string;
}

/** Accounts whose rows are read at once: a month of one that uses many models has a thousand. */
const ACCOUNTS_AT_ONCE = 20;

type Row = { readonly [Name in keyof FocusUsage]: FocusUsage[Name] } & { readonly key: string };

/** What accounts used, account by account, in the order of their keys, of days, models and token types. */
export async function* readFocusUsage(pool: Pool, range: FocusRange): AsyncGenerator<readonly FocusUsage[]> {
  for (let after = '-9223372036854775808'; ;) {
    const accounts = await attemptRead(() => pool.query<{ account_id: string }>(nextAccounts(range, after)));
    const keys = accounts.rows.map(({ account_id }) => account_id);
    const last = keys.at(-1);
    if (last === undefined) return;
    const { rows } = await attemptRead(() => pool.query<Row>(usageOf(range, keys)));
    yield rows;
    if (range.account !== null) return;
    after = last;
  }
}

function nextAccounts({ environment, account }: FocusRange, after: string) {
  return {
    text: `select account_id::text from accounts
      where environment = $1 and account_id > $2 and ($3::bigint is null or account_id = $3)
      order by accounts.account_id limit ${String(ACCOUNTS_AT_ONCE)}`,
    values: [environment, after, account],
  };
}

function usageOf({ from, to, currency }: FocusRange, keys: readonly string[]) {
  return {
    text: `select a.account_id::text as key, to_char(u.slot at time zone 'UTC', 'YYYY-MM-DD') as day, a.external_id as account,
        a.name as "accountName", a.unit, u.model, u.provider, u.quantity as "tokenType",
        coalesce(nullif(u.currency, ''), $4) as currency, trim_scale(sum(u.amount))::text as quantity,
        trim_scale(sum(u.credits))::text as credits, trim_scale(sum(u.cost))::text as cost,
        coalesce((select jsonb_object_agg(name, value #>> '{}') from jsonb_each(a.metadata) m (name, value)
          where jsonb_typeof(value) = 'string'), '{}') as tags
      from usage_quantities u join accounts a using (account_id)
      where u.account_id = any($1::bigint[]) and u.slot >= $2 and u.slot < $3
      group by a.account_id, 2, u.model, u.provider, u.quantity, 9
      order by a.account_id, 2, u.model, u.provider, u.quantity, 9`,
    values: [keys, new Date(from), new Date(to), currency],
  };
}

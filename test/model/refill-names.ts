import type { Pool } from '#database';
import type { AccountKey, PeriodOrigin } from '#ledger';
import type { Names } from './names.ts';
import { EPOCH } from './world.ts';

interface Made {
  readonly account: AccountKey;
  readonly id: string;
  readonly at: number;
  /** `null` of a purchase. */
  readonly period: Pick<PeriodOrigin, 'name' | 'start' | 'from'> | null;
}

/** Names what nobody has asked for: purchases that rules have begun, and grants of periods. No answer has to tell of them. */
export async function learnRefills(pool: Pool, names: Names): Promise<void> {
  const { rows } = await pool.query<Made>({ name: 'refills', text: MADE, values: [[...names.accounts.keys()]] });
  const counts = new Map<string, number>();
  /** How many were made before by the same name. */
  const countOf = (name: string): number => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count;
  };
  for (const { account, id, at, period } of rows) {
    const owner = names.accounts.get(account) ?? account;
    const label = `${owner}/${period?.name ?? 'auto'}@${at - EPOCH}`;
    if (period?.from) names.learn(`${names.nameOf(period.from)}~${at - EPOCH}`, id);
    else if (period) names.learn(label.padEnd(label.length + countOf(label), '+'), id);
    else names.learn(`${owner}/auto#${countOf(owner)}`, id);
  }
}

/** Ids rise within an account. */
const MADE = `
  select account_id::text as account, id, null::jsonb as period, 0::float8 as at
  from purchases where automatic and account_id = any($1::bigint[])
  union all
  select account_id::text, id, period, (extract(epoch from created_at) * 1000)::float8
  from grants where period is not null and account_id = any($1::bigint[])
  order by account, id`;

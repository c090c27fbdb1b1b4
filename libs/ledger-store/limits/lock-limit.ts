import { Amount } from '#amounts';
import type { Period } from '#ledger';
import type { Queryable } from '../queryable.ts';

/** A limit as it is now. Whoever has it locked is the only one to change its windows and shares. */
export interface LockedLimit {
  readonly id: string;
  readonly amount: Amount;
  readonly period: Period;
  readonly timeZone: string;
}

interface LimitRow {
  readonly amount: string | null;
  readonly period: Period;
  readonly time_zone: string;
}

/** @returns `null` where there is none any more */
export async function lockLimit(database: Queryable, id: string): Promise<LockedLimit | null> {
  const { rows } = await database.query<LimitRow>(
    'select amount, period, time_zone from span_limits where id = $1 for no key update',
    [id],
  );
  const [row] = rows;
  if (!row || row.amount === null) return null;
  return { id, amount: new Amount(row.amount), period: row.period, timeZone: row.time_zone };
}

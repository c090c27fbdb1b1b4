import { Amount, formatAmount } from '#amounts';
import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { noShared, SHARED } from '../facts/measures.ts';
import type { MoneyPosition } from '../facts/money-fact.ts';
import type { Booked } from '../facts/step-money.ts';

/** By currency, each amount by its name: those that are 0 are left out. */
type StoredBooked = Record<string, Record<string, string>>;

export async function loadBooked(
  database: Queryable,
  key: AccountKey,
  authorizations: readonly string[],
): Promise<Map<string, Booked>> {
  const { rows } = await database.query<{ authorization_id: string; booked: StoredBooked }>(
    'select authorization_id, booked from booked_usage where account_id = $1 and authorization_id = any($2)',
    [key, authorizations],
  );
  return new Map(rows.map((row) => [row.authorization_id, bookedFrom(row.booked)]));
}

function bookedJson(booked: Booked): StoredBooked {
  return Object.fromEntries(
    [...booked].map(([currency, sums]) => [
      currency,
      Object.fromEntries(
        SHARED.flatMap((name) => (sums[name].isZero() ? [] : [[name, formatAmount(sums[name])] as const])),
      ),
    ]),
  );
}

function bookedFrom(stored: StoredBooked): Booked {
  return new Map(
    Object.entries(stored).map(([currency, sums]) => {
      const booked = noShared();
      for (const name of SHARED) if (sums[name] !== undefined) booked[name] = new Amount(sums[name]);
      return [currency, booked];
    }),
  );
}

/** Whose authorization it is, and what was booked of it in all. */
export type BookedRow = readonly [account: AccountKey, authorization: string, booked: Booked];

export async function writeBooked(database: Queryable, rows: readonly BookedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await database.query(
    `insert into booked_usage (account_id, authorization_id, booked)
    select * from unnest($1::bigint[], $2::uuid[], $3::jsonb[])
    on conflict (account_id, authorization_id) do update set booked = excluded.booked`,
    [
      rows.map(([key]) => key),
      rows.map(([, id]) => id),
      rows.map(([, , booked]) => JSON.stringify(bookedJson(booked))),
    ],
  );
}

/** Whose purchase it is, by the name of its pool. */
export type PositionRow = readonly [account: AccountKey, purchase: string, position: MoneyPosition];

export async function writePositions(database: Queryable, rows: readonly PositionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await database.query(
    `insert into money_positions (account_id, purchase, position)
    select * from unnest($1::bigint[], $2::text[], $3::jsonb[])
    on conflict (account_id, purchase) do update set position = excluded.position`,
    [rows.map(([key]) => key), rows.map(([, name]) => name), rows.map(([, , position]) => JSON.stringify(position))],
  );
}

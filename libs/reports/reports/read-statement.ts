import { Amount, ZERO } from '#amounts';
import type { Pool, PoolClient } from '#database';
import { LIVE, type AccountRef, type LedgerAccount, type TransferKind } from '#ledger';
import { attemptRead, queryable } from '#ledger-store';
import { idAfter } from '../facts/version-of.ts';
import type { StatementTransfer } from './statement.ts';

const PAGE = 5000;
/** By live clocks nothing takes effect after it is booked; ids run ahead of the time by less than this. */
const BOOKED_BEFORE_MS_MAX = 3_600_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

interface TransferLine {
  readonly id: string;
  readonly transaction_id: string;
  readonly kind: TransferKind;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amount: string;
  readonly grant_id: string | null;
  readonly authorization_id: string | null;
  readonly reason: string | null;
  readonly model: string | null;
  readonly created_at: Date;
}

// The models of a page are looked up, not those of everything that is sorted.
const NEXT_PAGE = `
with page as materialized (
  select id, transaction_id, kind, debit, credit, amount, grant_id, authorization_id, reason, created_at from transfers
  where account_id = $1 and id >= $2 and id <= $3 and created_at >= $4 and created_at < $5 and (created_at, id) > ($6, $7)
  order by created_at, id limit ${String(PAGE)}
)
select p.*, coalesce(h.usage, c.usage) -> 0 ->> 'model' as model
from page p
left join holds h on h.account_id = $1 and h.id = p.authorization_id
left join authorizations c on c.account_id = $1 and c.id = p.authorization_id
order by p.created_at, p.id`;

/** The transfers of a range, in the order of time, a page at a time; what is booked meanwhile isn't among them. */
export async function* readStatement(
  pool: Pool | PoolClient,
  account: AccountRef,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<readonly StatementTransfer[]> {
  const version = await versionOfAccount(pool, account);
  const first = account.environment === LIVE ? idAfter(BigInt(Math.max(0, from - BOOKED_BEFORE_MS_MAX)) << 12n) : FIRST;
  let [at, id] = [new Date(from), FIRST];
  for (;;) {
    const values = [account.key, first, idAfter(version), new Date(from), new Date(to), at, id];
    const { rows } = await attemptRead(() => queryable(pool).query<TransferLine>(NEXT_PAGE, values));
    if (rows.length > 0) yield rows.map(transferOf);
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    [at, id] = [last.created_at, last.id];
  }
}

function transferOf(row: TransferLine): StatementTransfer {
  return {
    ...{ transactionId: row.transaction_id, kind: row.kind, debit: row.debit, credit: row.credit },
    ...{ amount: new Amount(row.amount), grantId: row.grant_id, authorizationId: row.authorization_id },
    ...{ reason: row.reason, model: row.model, at: row.created_at.getTime() },
  };
}

async function versionOfAccount(pool: Pool | PoolClient, { key }: AccountRef): Promise<bigint> {
  const query = 'select id_clock::text as version from accounts where account_id = $1';
  const { rows } = await attemptRead(() => queryable(pool).query<{ readonly version: string }>(query, [key]));
  return BigInt(rows[0]?.version ?? 0);
}

/** Sums of credits that don't name what they are of. */
export function readBalance(pool: Pool | PoolClient, { key }: AccountRef, before: number): Promise<Amount> {
  return attemptRead(async () => {
    const { rows } = await queryable(pool).query<{ readonly balance: string | null }>(
      'select sum(credits)::text as balance from money_slots where account_id = $1 and slot < $2',
      [key, new Date(before)],
    );
    const balance = rows[0]?.balance;
    return balance ? new Amount(balance) : ZERO;
  });
}

/** A grant that has something left at the end of a statement. */
export interface StatementGrant {
  readonly id: string;
  readonly category: string;
  readonly remaining: Amount;
  readonly expiresAt: Date | null;
}

export function readStatementGrants(
  pool: Pool | PoolClient,
  { key }: AccountRef,
  before: number,
): Promise<readonly StatementGrant[]> {
  return attemptRead(async () => {
    const { rows } = await queryable(pool).query<{
      readonly id: string;
      readonly category: string;
      readonly remaining: string;
      readonly expires_at: Date | null;
    }>(
      `select g.id, g.category::text, sum(m.credits)::text as remaining, g.expires_at
      from money_slots m join grants g on g.account_id = m.account_id and g.id = m.grant_id
      where m.account_id = $1 and m.slot < $2
      group by g.account_id, g.id, g.category, g.expires_at having sum(m.credits) <> 0
      order by g.expires_at nulls last, g.id`,
      [key, new Date(before)],
    );
    return rows.map((row) => ({ ...row, remaining: new Amount(row.remaining), expiresAt: row.expires_at }));
  });
}

import { Amount } from '#amounts';
import type { Pool, PoolClient } from '#database';
import type { GrantCategory } from '#ledger';
import { attemptRead, queryable } from '#ledger-store';
import type { MoneyKind } from '../facts/money-fact.ts';
import { poolNames } from '../money/pool.ts';
import type { DebtMove } from './debt-ageing.ts';
import type { MoneyGrantTerms } from './money-grant-terms.ts';
import type { MoneySum } from './money-sum.ts';
import type { ReportRequest } from './report-request.ts';

/** By what sums are kept apart, beside units, kinds, categories and currencies. */
export type SumsBy = 'nothing' | 'account' | 'grant';

type Scope = Pick<ReportRequest, 'environment' | 'account' | 'currency'>;

const DEBT = '00000000-0000-0000-0000-000000000000';

interface SumRow {
  readonly account: string;
  readonly unit: string;
  readonly grant_id: string | null;
  readonly kind: MoneyKind;
  readonly category: GrantCategory | 'debt';
  readonly currency: string;
  readonly part: number;
  readonly count: string;
  readonly credits: string;
  readonly money: string;
}

/**
 * Adds up facts about money.
 *
 * @param cuts where the parts of the range begin, and its end, in milliseconds since 1970
 */
export function readMoneySums(
  pool: Pool | PoolClient,
  scope: Scope,
  { cuts, by }: { readonly cuts: readonly number[]; readonly by: SumsBy },
): Promise<readonly MoneySum[]> {
  const account = by === 'nothing' ? `''` : 'a.external_id';
  const grant = by === 'grant' ? `nullif(m.grant_id, '${DEBT}')` : 'null::uuid';
  return rowsOf<SumRow>(
    pool,
    `select ${account} as account, a.unit, ${grant} as grant_id, m.kind, m.category, m.currency,
      width_bucket(m.slot, $3::timestamptz[]) as part, sum(m.count)::text as count, sum(m.credits)::text as credits,
      sum(m.money)::text as money
    from money_slots m join accounts a on a.account_id = m.account_id
    where a.environment = $1 and ($2::bigint is null or m.account_id = $2) and m.slot < $4 and ($5::text is null or m.currency = $5)
    group by 1, 2, 3, 4, 5, 6, 7`,
    [scope.environment, scope.account?.key ?? null, cuts.map(dateOf), dateOf(cuts.at(-1) ?? 0), scope.currency],
  ).then((rows) =>
    rows.map(({ grant_id: grantId, count, credits, money, ...row }) => ({
      ...row,
      ...{ grantId, count: Number(count), credits: new Amount(credits), money: new Amount(money) },
    })),
  );
}

interface GrantRow {
  readonly account_id: string;
  readonly id: string;
  readonly unit: string;
  readonly purchase_id: string | null;
  readonly purchase_reference: string | null;
  readonly rolled_from: string | null;
  readonly own_total: string | null;
  readonly effective_at: Date;
  readonly expires_at: Date | null;
  readonly voided_at: Date | null;
}

/** Grants whose money was rolled up. */
export async function readMoneyGrants(pool: Pool | PoolClient, scope: Scope): Promise<readonly MoneyGrantTerms[]> {
  const rows = await rowsOf<GrantRow>(
    pool,
    `select g.account_id, g.id, a.unit, g.purchase_id, g.purchase_reference, g.period ->> 'from' as rolled_from,
      g.effective_at, g.expires_at, g.voided_at, own.position ->> 'total' as own_total
    from grants g join accounts a on a.account_id = g.account_id
    left join money_positions own on own.account_id = g.account_id and own.purchase = g.id::text
    where a.environment = $1 and ($2::bigint is null or g.account_id = $2) and g.category = 'paid'`,
    [scope.environment, scope.account?.key ?? null],
  );
  return rows.map((row) => ({
    ...{ id: row.id, unit: row.unit, pool: `${row.account_id} ${poolOf(row)}` },
    ...{ effectiveAt: row.effective_at.getTime(), expiresAt: timeOf(row.expires_at), voidedAt: timeOf(row.voided_at) },
  }));
}

/** A grant whose money is its own is in the pool that is named by it. */
function poolOf({ id, purchase_id: purchase, purchase_reference: purchaseReference, ...row }: GrantRow): string {
  if (Number(row.own_total ?? 0) > 0) return id;
  const [shared = id] = poolNames({
    id,
    category: 'paid',
    purchase,
    purchaseReference,
    period: { from: row.rolled_from },
  });
  return shared;
}

interface DebtRow {
  readonly account: string;
  readonly unit: string;
  readonly slot: Date;
  readonly added: string;
  readonly lowered: string;
}

/** How debts have changed before an instant, in the order of time. */
export async function readDebtMoves(pool: Pool | PoolClient, scope: Scope, to: number): Promise<readonly DebtMove[]> {
  const rows = await rowsOf<DebtRow>(
    pool,
    `select a.external_id as account, a.unit, m.slot,
      coalesce(-sum(m.credits) filter (where m.credits < 0), 0)::text as added,
      coalesce(sum(m.credits) filter (where m.credits > 0), 0)::text as lowered
    from money_slots m join accounts a on a.account_id = m.account_id
    where a.environment = $1 and ($2::bigint is null or m.account_id = $2) and m.grant_id = '${DEBT}' and m.slot < $3
    group by 1, 2, 3 order by 1, 3`,
    [scope.environment, scope.account?.key ?? null, dateOf(to)],
  );
  return rows.map(({ account, unit, slot, added, lowered }) => ({
    ...{ account, unit, at: slot.getTime(), added: new Amount(added), lowered: new Amount(lowered) },
  }));
}

function rowsOf<Row extends object>(pool: Pool | PoolClient, text: string, values: unknown[]): Promise<readonly Row[]> {
  return attemptRead(async () => (await queryable(pool).query<Row>(text, values)).rows);
}

function dateOf(at: number): Date {
  return new Date(at);
}

function timeOf(date: Date | null): number | null {
  return date && date.getTime();
}

import { Amount, type JsonObject } from '#amounts';
import type { Pool } from '#database';
import type { AccountRef, UsageRecordKind } from '#ledger';
import { attemptRead } from '#ledger-store';
import type { Tags, Usage } from '#pricing';
import type { PastRequest } from './price-again.ts';

/** Read at once. Pricing them takes some milliseconds, between which others get their turn. */
const PAGE = 500;

export interface PastRange {
  readonly environment: string;
  /** `null`: all accounts. */
  readonly account: AccountRef | null;
  /** By the accounts' clocks, in milliseconds since 1970: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** What an authorization was priced by. */
export interface PastPrice {
  /** The UUID of the rate card. */
  readonly card: string;
  readonly version: number;
  readonly discount: Amount;
  /** The account's own prices then. */
  readonly overrides: { readonly name: string; readonly prices: readonly JsonObject[] } | null;
}

export interface PricedRequest extends PastRequest {
  /** The key of its account, as text. */
  readonly account: string;
  readonly unit: string;
  readonly timeZone: string;
  /** `null`: the account had no rate card. */
  readonly price: PastPrice | null;
}

type StoredUsage = readonly [statementId: string, kind: UsageRecordKind, usage: Usage, amount: string | null];

interface RequestRow {
  readonly id: string;
  readonly account_id: string;
  readonly unit: string;
  readonly time_zone: string;
  readonly created_at: Date;
  readonly tags: Tags;
  readonly added_tags: Tags | null;
  readonly price: readonly [card: string, version: number, discount: string, overrides?: number] | null;
  readonly overrides: readonly JsonObject[] | null;
  readonly usages: readonly StoredUsage[] | null;
}

/** Requests that were made in a range and are closed, with all that was stated about them, in the order in which they were made. */
export async function* readPastRequests(pool: Pool, range: PastRange): AsyncGenerator<readonly PricedRequest[]> {
  let after: string | null = null;
  for (;;) {
    const { text, values } = findPast(range, after);
    const rows: readonly RequestRow[] = await attemptRead(
      async () => (await pool.query<RequestRow>(text, values)).rows,
    );
    yield rows.filter(({ usages }) => usages !== null).map(requestOf);
    const last: RequestRow | undefined = rows.at(-1);
    if (rows.length < PAGE || !last) return;
    after = last.id;
  }
}

function requestOf(row: RequestRow): PricedRequest {
  return {
    account: row.account_id,
    unit: row.unit,
    timeZone: row.time_zone,
    at: row.created_at.getTime(),
    tags: { ...row.added_tags, ...row.tags },
    price: priceOf(row),
    usages: (row.usages ?? []).map(([statementId, kind, usage, amount]) => ({
      ...{ statementId, kind, usage },
      amount: amount === null ? null : new Amount(amount),
    })),
  };
}

function priceOf({ account_id, price, overrides }: RequestRow): PastPrice | null {
  if (!price) return null;
  const [card, version, discount, overridesVersion] = price;
  const name = `${account_id} ${String(overridesVersion)}`;
  return { card, version, discount: new Amount(discount), overrides: overrides && { name, prices: overrides } };
}

/** Ids rise with real time, and no account's clock is behind it. */
function findPast({ environment, account, from, to }: PastRange, after: string | null) {
  const scope = account ? 'z.account_id = $6 and z.environment = $1' : `z.environment = $1 and z.environment > ''`;
  return {
    text: `with ahead as materialized (
        select coalesce(max(ahead_ms), 0) * interval '1 millisecond' as most from test_clocks where environment = $1
      )
      select a.id, a.account_id::text, o.unit, o.time_zone, a.created_at, a.tags, a.additions -> 'tags' as added_tags,
        a.pricing -> 'price' as price, own.prices as overrides, said.usages
      from (
        select z.* from ahead, authorizations z
        where ${scope} and z.id >= uuid_at($2::timestamptz - ahead.most) and z.id < uuid_at($3::timestamptz)
          and z.created_at >= $2::timestamptz and z.created_at < $3::timestamptz and ($4::uuid is null or z.id > $4)
        order by z.id limit $5
      ) a
      join accounts o on o.account_id = a.account_id
      left join account_overrides own
        on own.account_id = a.account_id and own.version = (a.pricing #>> '{price,3}')::integer
      cross join lateral (
        select jsonb_agg(jsonb_build_array(r.statement_id, r.kind, r.usage, r.amount::text) order by r.id) as usages
        from usage_records r where r.account_id = a.account_id and r.authorization_id = a.id
      ) said
      order by a.id`,
    values: [environment, new Date(from), new Date(to), after, PAGE, ...(account ? [account.key] : [])],
  };
}

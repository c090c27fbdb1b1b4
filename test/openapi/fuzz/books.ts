import type { Pool } from '#database';

/**
 * What only a request may change, in one figure per matter. Not what time does by itself, and is booked when it is next
 * looked at: holds that lapse, also those of a grant voided meanwhile, grants that expire, months of commitments that end, periods of
 * recurring grants that begin and end, plans that change when it was said, and purchases that rules begin.
 */
const BOOKS = `
  select
    (select row(count(*), sum(amount)) from transfers
      where kind not in ('breakage', 'commitment', 'grant_void', 'rollover')
        and not (kind in ('grant', 'debt_repayment') and exists (
          select from grants where grants.account_id = transfers.account_id and id = grant_id and period is not null)))::text as transfers,
    (select row(count(*), sum(amount), count(voided_at)) from grants where period is null)::text as grants,
    (select row(count(*), sum(amount), sum(committed), sum(refunded), count(*) filter (where status in ('committed', 'voided')),
        sum(extract(epoch from expires_at)))
      from (
        select amount, committed, refunded, status, expires_at from authorizations
        union all
        select amount, committed, 0, 'authorized', expires_at from holds
      ) all_of_them)::text as authorizations,
    (select md5(string_agg(row(account_id, external_id, unit, name, overage, time_zone, metadata, status, rules, raise_requests,
        case when plan is null then row(overdraft_limit, budgets) end)::text, '' order by account_id))
      from accounts left join account_refills using (account_id)) as accounts,
    (select md5(string_agg(row(account_id, auto_topup - '{cappedSince,firedAt,declinedAt,declines,suspended,waitsUntil}'::text[],
        case when jsonb_typeof(plan -> 'next') = 'object' then plan #> '{next,to,plan}' else plan #> '{current,plan}' end,
        jsonb_path_query_array(recurring, '$[*] ? (@.deletedAt == null && @.plan == null).name'),
        jsonb_path_query_array(recurring, '$[*] ? (@.deletedAt == null && @.plan == null).terms'),
        jsonb_path_query_array(recurring, '$[*] ? (@.deletedAt == null && @.plan == null).pausedAt'))::text, '' order by account_id))
      from account_refills where auto_topup is not null or plan is not null or recurring <> '[]') as refills,
    (select row(count(*), sum(version)) from api_keys)::text as keys,
    (select row(count(*), sum(test_clock), md5(string_agg(row(name, budgets, rules)::text,
        '' order by name))) from environments)::text as environments,
    (select row(count(*), sum(amount), md5(string_agg(row(id, period, time_zone)::text, '' order by id))) from span_limits)::text
      as limits,
    (select row(count(*), count(*) filter (where status = 'pending'), count(*) filter (where status = 'denied'))
      from raise_requests)::text as raise_requests,
    (select md5(string_agg(row(id, status, reference, refunded_money)::text, '' order by id))
      from purchases where not automatic or status <> 'pending') as purchases,
    (select md5(string_agg(row(id, name, credits, bonus_credits, price, currency, expires_after_s, priority, archived_at)::text, ''
        order by id)) from credit_packages) as credit_packages,
    (select md5(string_agg(row(id, version)::text, '' order by id)) from plans) as plans,
    (select md5(string_agg(row(id, state)::text, '' order by id)) from anomalies) as anomalies,
    (select row(count(*), sum(ahead_ms)) from test_clocks)::text as clocks,
    (select row(count(*), count(*) filter (where enabled), md5(string_agg(row(id, url, types, description, secret)::text, '' order by id)))
      from webhook_endpoints)::text as endpoints,
    (select row(count(*), count(*) filter (where not announced)) from webhook_deliveries)::text as deliveries,
    (select count(*) from audit_log)::text as audit_log`;

export type Books = Readonly<Record<string, string>>;

/** Prepared, as it is asked after every request. */
export async function readBooks(pool: Pool): Promise<Books> {
  const { rows } = await pool.query<Books>({ name: 'books', text: BOOKS });
  return rows[0] ?? {};
}

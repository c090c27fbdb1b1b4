import { sql, type Kysely } from 'kysely';

/** What was sold to accounts, how it was paid, and what of it went back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [PURCHASES, GRANTS, TRANSFERS]) await sql.raw(statement).execute(db);
}

// At most one purchase of an account is under way. "refunds" and "disputes" are those of this purchase, of which there are few.
// Erasure empties what may name a person.
const PURCHASES = `
  create table purchases (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    credits credit_amount not null constraint purchases_credits_are_positive check (credits > 0),
    bonus_credits credit_amount not null constraint purchases_bonus_is_positive check (bonus_credits >= 0),
    price credit_amount not null constraint purchases_price_is_positive check (price > 0),
    currency text not null,
    provider text not null,
    payment_method text,
    customer text,
    package uuid,
    automatic boolean not null,
    expires_after_ms bigint constraint purchases_expire_after_they_begin check (expires_after_ms > 0),
    priority smallint not null constraint purchases_priority_is_a_byte check (priority between 0 and 255),
    metadata jsonb not null,
    status text not null constraint purchases_have_a_known_status
      check (status in ('pending', 'requires_action', 'succeeded', 'failed', 'refunded', 'disputed')),
    reference text,
    action_url text,
    failure jsonb,
    paid jsonb,
    grants jsonb not null,
    refunds jsonb not null,
    disputes jsonb not null,
    refunded_money credit_sum not null,
    refunded_credits credit_sum not null,
    lost_credits credit_sum not null,
    created_at timestamptz(3) not null,
    succeeded_at timestamptz(3),
    primary key (account_id, id),
    constraint purchases_bring_grants_when_they_succeed
      check ((status in ('succeeded', 'refunded', 'disputed')) = (grants <> '[]') and (grants <> '[]') = (succeeded_at is not null)),
    constraint purchases_refund_no_more_than_the_price
      check (0 <= refunded_money and refunded_money <= price),
    constraint purchases_take_back_no_more_than_they_brought
      check (0 <= refunded_credits and 0 <= lost_credits and refunded_credits + lost_credits <= credits + bonus_credits)
  ) with (fillfactor = 70);
  create unique index purchases_under_way on purchases (account_id) where status in ('pending', 'requires_action');
  create index purchases_newest on purchases (environment, id);
  create index purchases_by_status on purchases (environment, status, id);
  create index purchases_by_reference on purchases (provider, reference) where reference is not null;
  create index purchases_to_collect on purchases (account_id, id) where status = 'pending' and provider <> 'manual';
  create index purchases_disputed on purchases (account_id) where disputes <> '[]';
  create index purchases_to_refund on purchases (account_id, id) where refunds @> '[{"status": "pending"}]';
  grant select, insert on purchases to purser_app;
  grant update (status, reference, action_url, failure, paid, grants, refunds, disputes, refunded_money, refunded_credits,
    lost_credits, succeeded_at, payment_method, customer, metadata)
    on purchases to purser_app;
`;

// What is frozen is part of what is held. Grants are many: as in 0020, no row that is there is read or written anew.
const GRANTS = `
  alter table grants
    add column amount_paid numeric(38, 12),
    add column currency text,
    add column purchase_id uuid,
    add column purchase_reference text,
    add column returned numeric(38, 12),
    add column frozen numeric(38, 12) not null default 0,
    add column frozen_at timestamptz(3),
    add column freezes jsonb not null default '[]',
    add constraint grants_money_is_positive check (
      coalesce(amount_paid, 0) >= 0 and coalesce(returned, 0) >= 0 and 'NaN' not in (amount_paid, returned)
    ) not valid,
    add constraint grants_money_has_a_currency check ((amount_paid is null) = (currency is null)) not valid,
    add constraint grants_freeze_what_they_hold check (frozen = 0 or (0 < frozen and frozen <= held)) not valid,
    add constraint grants_are_frozen_since_some_time check (frozen = 0 or frozen_at is not null) not valid;
  grant update (expires_at, returned, frozen, frozen_at, freezes) on grants to purser_app;
`;

// A new value of an enum can't be named in the transaction that adds it, but its text can. What a failed refund had taken back is
// given again by a transfer that corrects the one that took it.
const TRANSFERS = `
  alter type transfer_kind add value 'purchase_refund';
  alter table transfers
    drop constraint transfers_refund_what_they_correct,
    add constraint transfers_refund_what_they_correct check (
      case kind::text
        when 'refund' then corrects is not null
        when 'purchase_refund' then (corrects is not null) = (credit = 'grant')
        else corrects is null
      end) not valid,
    drop constraint transfers_follow_the_chart,
    add constraint transfers_follow_the_chart check (
      case kind::text
        when 'grant' then debit in ('funding:paid', 'funding:promotional', 'funding:included') and credit = 'grant'
        when 'usage' then debit in ('grant', 'debt') and credit = 'usage'
        when 'debt_repayment' then debit = 'grant' and credit = 'debt'
        when 'breakage' then debit = 'grant' and credit = 'breakage'
        when 'grant_void' then debit = 'grant' and credit in ('funding:paid', 'funding:promotional', 'funding:included')
        when 'refund' then debit = 'usage' and credit in ('grant', 'debt')
        when 'commitment' then debit in ('grant', 'debt') and credit = 'usage'
        when 'purchase_refund' then 'grant' in (debit, credit) and 'funding:paid' in (debit, credit)
        else false
      end) not valid;
`;

import { sql, type Kysely } from 'kysely';

/** Accounts have prices, authorizations are priced, and what was used is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [ACCOUNTS, OVERRIDES, AUTHORIZATIONS, USAGE_RECORDS, PARTITIONS]) {
    await sql.raw(statement).execute(db);
  }
}

// Nothing that is there already is read or written anew, however large the tables are, because they are locked meanwhile: a
// default of a domain with constraints would write each row, and a constraint would read each one unless it is "not valid".
// What is "not valid" holds for every row that is written from now on; those that are there obey it.
const ACCOUNTS = `
  alter table accounts
    add column rate_card uuid,
    add column discount numeric(38, 12) not null default 0,
    add constraint accounts_discount_is_a_part check (discount between 0 and 1) not valid,
    add column overrides jsonb not null default '[]',
    add column overrides_version integer not null default 0;
  grant update (rate_card, discount, overrides, overrides_version) on accounts to purser_app;
`;

// Each version of an account's own prices, because what was priced by it is priced by it to the end.
const OVERRIDES = `
  create table account_overrides (
    account_id bigint not null,
    version integer not null,
    prices jsonb not null,
    primary key (account_id, version)
  );
  grant select, insert on account_overrides to purser_app;
`;

// Usage may cost nothing, so an authorization may be of nothing. A column that is null in most rows costs one bit.
const AUTHORIZATIONS = `
  alter table holds
    add column group_name text,
    add column pricing jsonb,
    add column additions jsonb,
    drop constraint holds_amount_is_positive,
    add constraint holds_amount_is_positive check (amount >= 0) not valid;
  alter table authorizations
    add column group_name text,
    add column pricing jsonb,
    add column additions jsonb,
    drop constraint authorizations_amount_is_positive,
    add constraint authorizations_amount_is_positive check (amount >= 0) not valid;
  grant update (pricing, additions) on holds, authorizations to purser_app;
`;

const USAGE_RECORDS = `
  create type usage_record_kind as enum ('charge', 'partial_commit', 'commit', 'adjustment');
  create table usage_records (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    authorization_id uuid not null,
    statement_id uuid not null,
    kind usage_record_kind not null,
    usage jsonb not null,
    event text not null generated always as (usage ->> 'event') stored,
    model text generated always as (usage ->> 'model') stored,
    raw jsonb,
    lines jsonb not null,
    amount credit_sum constraint usage_records_amount_is_positive check (amount >= 0),
    settlement text not null
      constraint usage_records_settlement_is_known check (settlement in ('exact', 'estimated', 'unknown', 'unpriced')),
    cost credit_sum constraint usage_records_cost_is_positive check (cost >= 0),
    cost_currency text,
    created_at timestamptz(3) not null,
    primary key (account_id, id),
    constraint usage_records_cost_has_a_currency check ((cost is null) = (cost_currency is null))
  ) partition by range (id);
  create index usage_records_by_authorization on usage_records (account_id, authorization_id, id);
  create table usage_records_default partition of usage_records default;
  grant select, insert on usage_records to purser_app;
  grant select on usage_records_default to purser_app;
`;

const PARTITIONS = `
  create or replace function make_partitions(instant timestamptz default now(), ahead integer default 3)
  returns void language plpgsql as $$
  declare
    parent text;
    from_time timestamptz;
    to_time timestamptz;
  begin
    -- Two processes that start together would both find a partition missing.
    perform pg_advisory_xact_lock(hashtext('purser:make_partitions'));
    for step in 0..ahead loop
      from_time := (date_trunc('month', instant at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC';
      to_time := (from_time at time zone 'UTC' + interval '1 month') at time zone 'UTC';
      foreach parent in array array['transfers', 'authorizations', 'usage_records'] loop
        perform make_partition(parent::regclass, parent || to_char(from_time at time zone 'UTC', '"_"YYYY_MM'),
          uuid_at(from_time)::text, uuid_at(to_time)::text);
      end loop;
      from_time := (date_trunc('week', instant at time zone 'UTC') + make_interval(weeks => step)) at time zone 'UTC';
      to_time := from_time + interval '7 days';
      perform make_partition('idempotency_keys', to_char(from_time at time zone 'UTC', '"idempotency_keys_"IYYY_"w"IW'),
        to_char(from_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'), to_char(to_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'));
    end loop;
  end $$;
  select make_partitions();
`;

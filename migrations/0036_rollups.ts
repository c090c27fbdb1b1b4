import { sql, type Kysely } from 'kysely';

/** What usage and money add up to, by quarters of an hour. All of it is derived from the journal and can be made again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [CURSORS, MONEY, USAGE, TAGS, ENVIRONMENTS, SETTINGS, CHANGED, PARTITIONS, PRIVILEGES]) {
    await sql.raw(statement).execute(db);
  }
}

// How far an account is rolled up: everything up to the version "stamp" of its row, by these tags. "booked_usage" keeps what was booked
// for authorizations whose next step may have to share it anew: they are open, or have used several models.
const CURSORS = `
  create table rollup_cursors (
    account_id bigint primary key,
    stamp bigint not null,
    tags text[] not null
  ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000);
  create table booked_usage (
    account_id bigint not null,
    authorization_id uuid not null,
    booked jsonb not null,
    primary key (account_id, authorization_id)
  ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000);
`;

// The nil UUID is the debt. What came in is positive, what went is negative. "position" is where the running sums of a purchase stand
// at the account's cursor.
const MONEY = `
  create table money_slots (
    account_id bigint not null,
    slot timestamptz(3) not null,
    grant_id uuid not null,
    kind text not null,
    category text not null,
    currency text not null,
    count bigint not null,
    credits credit_sum not null,
    money credit_sum not null,
    primary key (account_id, slot, grant_id, kind, category, currency)
  ) partition by range (slot);
  create table money_positions (
    account_id bigint not null,
    purchase text not null,
    position jsonb not null,
    primary key (account_id, purchase)
  ) with (fillfactor = 70);
`;

const MEASURES = `
  requests bigint not null,
  late bigint not null,
  unpriced bigint not null,
  unknown_costs bigint not null,
  paid credit_sum not null,
  promotional credit_sum not null,
  included credit_sum not null,
  debt credit_sum not null,
  uncollected credit_sum not null,
  refunded credit_sum not null,
  revenue credit_sum not null,
  cost credit_sum not null,
  promotional_cost credit_sum not null
`;

const DIMENSIONS = `
  event text not null,
  model text not null,
  provider text not null,
  key_id uuid not null
`;

// What isn't named is '', and the nil UUID of keys. A slot may lack a currency, which is '' too.
const USAGE = `
  create table usage_slots (
    account_id bigint not null,
    slot timestamptz(3) not null,
    ${DIMENSIONS},
    currency text not null,
    ${MEASURES},
    primary key (account_id, slot, event, model, provider, key_id, currency)
  ) partition by range (slot);
  create table usage_quantities (
    account_id bigint not null,
    slot timestamptz(3) not null,
    ${DIMENSIONS},
    quantity text not null,
    currency text not null,
    amount credit_sum not null,
    credits credit_sum not null,
    cost credit_sum not null,
    primary key (account_id, slot, event, model, provider, key_id, quantity, currency)
  ) partition by range (slot);
`;

// One tag at a time. "value" leads, so that a value is found again whatever the slot. "tag_months" counts the values of a month.
const TAGS = `
  create table tag_slots (
    account_id bigint not null,
    slot timestamptz(3) not null,
    tag text not null,
    value text not null,
    currency text not null,
    ${MEASURES},
    primary key (account_id, tag, value, slot, currency)
  ) partition by range (slot);
  create table tag_months (
    account_id bigint not null,
    tag text not null,
    month timestamptz(3) not null,
    value_count integer not null,
    primary key (account_id, tag, month)
  );
`;

// The same summed over the accounts of a unit: who looks at ten thousand accounts reads few rows.
const ENVIRONMENTS = `
  create table environment_usage_slots (
    environment text not null,
    unit text not null,
    slot timestamptz(3) not null,
    ${DIMENSIONS},
    currency text not null,
    ${MEASURES},
    primary key (environment, unit, slot, event, model, provider, key_id, currency)
  ) partition by range (slot);
  create table environment_usage_quantities (
    environment text not null,
    unit text not null,
    slot timestamptz(3) not null,
    ${DIMENSIONS},
    quantity text not null,
    currency text not null,
    amount credit_sum not null,
    credits credit_sum not null,
    cost credit_sum not null,
    primary key (environment, unit, slot, event, model, provider, key_id, quantity, currency)
  ) partition by range (slot);
`;

const SETTINGS = `
  alter table settings add column reported_tags text[] not null default '{user,feature,team}'
    constraint settings_report_few_tags check (cardinality(reported_tags) <= 8);
`;

// Which accounts have been written since some moment: their newest rows stand at the end of the table. An index of ranges of pages
// costs a decision next to nothing.
const CHANGED = `
  create index transfers_by_time on transfers using brin (id) with (pages_per_range = 32, autosummarize = on);
  create index usage_records_by_time on usage_records using brin (id) with (pages_per_range = 32, autosummarize = on);
`;

// Slots are of accounts' own time, which test clocks may have put far ahead: what stands in the default partition by then moves
// into the partition that is made for it.
const PARTITIONS = `
  create function tables_by_slot() returns text[] language sql immutable as $$
    select array['money_slots', 'usage_slots', 'usage_quantities', 'tag_slots', 'environment_usage_slots',
      'environment_usage_quantities']
  $$;

  create or replace function make_partition(parent regclass, name text, lower_bound text, upper_bound text)
  returns void language plpgsql as $$
  begin
    if to_regclass(name) is not null then return; end if;
    if parent::text = any(tables_by_slot()) then
      execute format('create table %I (like %s including defaults including constraints including indexes) with (fillfactor = 80)',
        name, parent);
      if to_regclass(parent::text || '_default') is not null then
        execute format('with moved as (delete from %s_default where slot >= %L and slot < %L returning *)
          insert into %I select * from moved', parent, lower_bound, upper_bound, name);
      end if;
      execute format('alter table %s attach partition %I for values from (%L) to (%L)', parent, name, lower_bound, upper_bound);
      return;
    end if;
    execute format('create table %I partition of %s for values from (%L) to (%L)', name, parent, lower_bound, upper_bound);
    if parent = 'transfers'::regclass then
      execute format('create trigger transfers_are_never_truncated before truncate on %I
        for each statement execute function refuse_change()', name);
    end if;
    if parent = 'idempotency_keys'::regclass then
      execute format('alter table %I add constraint %I unique (account_id, key)', name, name || '_are_unique');
      execute format('alter table %I set (autovacuum_vacuum_insert_threshold = -1)', name);
    end if;
  end $$;

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
      foreach parent in array tables_by_slot() loop
        perform make_partition(parent::regclass, parent || to_char(from_time at time zone 'UTC', '"_"YYYY_MM'),
          to_char(from_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'), to_char(to_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'));
      end loop;
      from_time := (date_trunc('week', instant at time zone 'UTC') + make_interval(weeks => step)) at time zone 'UTC';
      to_time := from_time + interval '7 days';
      perform make_partition('idempotency_keys', to_char(from_time at time zone 'UTC', '"idempotency_keys_"IYYY_"w"IW'),
        to_char(from_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'), to_char(to_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'));
    end loop;
  end $$;

  do $$
  declare
    parent text;
    month text;
    from_time timestamptz;
  begin
    foreach parent in array tables_by_slot() loop
      execute format('create table %s_default partition of %s default', parent, parent);
      -- The months that the journal has.
      for month in
        select right(relname, 7) from pg_inherits join pg_class on oid = inhrelid
        where inhparent = 'transfers'::regclass and relname ~ '^transfers_[0-9]{4}_[0-9]{2}$'
      loop
        from_time := to_date(month, 'YYYY_MM')::timestamp at time zone 'UTC';
        perform make_partition(parent::regclass, parent || '_' || month, to_char(from_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'),
          to_char(from_time at time zone 'UTC' + interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'));
      end loop;
    end loop;
  end $$;
  select make_partitions();
`;

// Derived rows may be written by whoever reads them: they are made current before an answer.
const PRIVILEGES = `
  grant select, insert, update, delete on rollup_cursors, booked_usage, money_slots, money_positions, usage_slots, usage_quantities, tag_slots,
    tag_months, environment_usage_slots, environment_usage_quantities to purser_app;
  grant update (reported_tags) on settings to purser_app;
`;

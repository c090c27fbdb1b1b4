import { sql, type Kysely } from 'kysely';

/**
 * The books. `account_id` is the account's key and leads every key of what an account owns. Ids are UUIDs in version 7's
 * layout: they rise with time, so the tables that only grow are partitioned by ranges of id.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    TYPES,
    ENVIRONMENTS,
    ACCOUNTS,
    GRANTS,
    HOLDS,
    AUTHORIZATIONS,
    TRANSFERS,
    IDEMPOTENCY_KEYS,
    APPEND_ONLY,
    PARTITIONS,
  ]) {
    await sql.raw(statement).execute(db);
  }
}

// `NUMERIC` takes NaN, and NaN passes every `>`; the domain refuses it once for all columns.
const TYPES = `
  create domain credit_amount as numeric(38, 12) constraint amount_is_a_number check (value <> 'NaN'::numeric);
  -- What many amounts add up to may have more digits than one.
  create domain credit_sum as numeric
    constraint amount_is_a_number check (value not in ('NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric));
  create type overage_policy as enum ('cap', 'debt', 'reject');
  create type account_status as enum ('active', 'suspended');
  create type authorization_status as enum ('authorized', 'committed', 'voided', 'expired');
  create type grant_category as enum ('paid', 'promotional', 'included');
  create type transfer_kind as enum ('grant', 'usage', 'debt_repayment', 'breakage', 'grant_void', 'refund');
  create type ledger_account as enum
    ('funding:paid', 'funding:promotional', 'funding:included', 'grant', 'usage', 'breakage', 'debt');
`;

const ENVIRONMENTS = `
  create table environments (
    name text primary key constraint environments_name_is_short check (name ~ '^[a-z][a-z0-9-]{0,31}$'),
    created_at timestamptz(3) not null default now()
  );
  insert into environments (name) values ('live'), ('test');

  create table api_keys (
    id uuid primary key default gen_random_uuid(),
    environment text not null,
    name text not null,
    hash bytea not null constraint api_keys_hash_is_unique unique
      constraint api_keys_hash_is_sha256 check (octet_length(hash) = 32),
    created_at timestamptz(3) not null default now(),
    constraint api_keys_name_is_unique unique (environment, name)
  );
`;

const ACCOUNTS = `
  create table accounts (
    account_id bigint primary key,
    environment text not null,
    external_id text not null,
    unit text not null,
    name text,
    overdraft_limit credit_amount not null constraint accounts_overdraft_limit_is_positive check (overdraft_limit >= 0),
    overage overage_policy not null,
    time_zone text not null,
    metadata jsonb not null,
    status account_status not null,
    debt credit_amount not null constraint accounts_debt_is_positive check (debt >= 0),
    overdraft_held credit_amount not null constraint accounts_overdraft_held_is_positive check (overdraft_held >= 0),
    id_clock bigint not null,
    created_at timestamptz(3) not null
  ) with (fillfactor = 70);
  create index accounts_newest_first on accounts (environment, created_at, account_id);
`;

// "open" says that something remains; unlike the amounts it hardly ever changes, so it may stand in an index.
const GRANTS = `
  create table grants (
    account_id bigint not null,
    id uuid not null,
    amount credit_amount not null constraint grants_amount_is_positive check (amount > 0),
    remaining credit_amount not null,
    held credit_amount not null,
    repaid credit_amount not null,
    open boolean not null,
    category grant_category not null,
    priority smallint not null constraint grants_priority_is_a_byte check (priority between 0 and 255),
    scope jsonb,
    cost_basis credit_amount constraint grants_cost_basis_is_positive check (cost_basis >= 0),
    effective_at timestamptz(3) not null,
    expires_at timestamptz(3),
    voided_at timestamptz(3),
    metadata jsonb not null,
    created_at timestamptz(3) not null,
    primary key (account_id, id),
    constraint grants_hold_no_more_than_remains check (0 <= held and held <= remaining and remaining <= amount),
    constraint grants_repay_out_of_what_is_gone check (0 <= repaid and repaid <= amount - remaining),
    constraint grants_are_open_while_something_remains check (open = (remaining > 0)),
    constraint grants_take_effect_before_they_expire check (effective_at < expires_at)
  ) with (fillfactor = 70);
  create index grants_open on grants (account_id) where open;
  -- A refund of what was debt goes back to the grants that repaid it.
  create index grants_that_repaid on grants (account_id) where repaid > 0;
`;

// Open authorizations only: a small, hot table. A closed one moves to "authorizations" in the transaction that closes it.
const HOLDS = `
  create table holds (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    amount credit_sum not null constraint holds_amount_is_positive check (amount > 0),
    held credit_sum not null constraint holds_held_is_positive check (held >= 0),
    allocations jsonb not null,
    overdraft_held credit_sum not null,
    committed credit_sum not null constraint holds_committed_is_positive check (committed >= 0),
    draws jsonb not null,
    steps jsonb not null,
    uncollected credit_sum not null constraint holds_uncollected_is_positive check (uncollected >= 0),
    overage overage_policy not null,
    usage jsonb not null,
    tags jsonb not null,
    metadata jsonb not null,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    balance_posted credit_sum not null,
    balance_held credit_sum not null,
    primary key (account_id, id),
    constraint holds_overdraft_is_part_of_the_hold check (0 <= overdraft_held and overdraft_held <= held)
  ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
  -- The condition is always true. It keeps this index for the statements that repeat it: on a table as empty as this one
  -- mostly is, the planner would otherwise look up a hold by its id here too, through all holds of the account.
  create index holds_expiring on holds (account_id, expires_at) where expires_at > '-infinity';
`;

const AUTHORIZATIONS = `
  create table authorizations (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    status authorization_status not null constraint authorizations_are_closed check (status <> 'authorized'),
    amount credit_sum not null constraint authorizations_amount_is_positive check (amount > 0),
    committed credit_sum not null,
    draws jsonb not null,
    steps jsonb not null,
    uncollected credit_sum not null constraint authorizations_uncollected_is_positive check (uncollected >= 0),
    refunded credit_sum not null,
    overage overage_policy not null,
    late boolean not null,
    held_at_close credit_sum not null,
    final_amount credit_sum,
    usage jsonb not null,
    tags jsonb not null,
    metadata jsonb not null,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3),
    committed_at timestamptz(3),
    closed_at timestamptz(3) not null,
    balance_posted credit_sum not null,
    balance_held credit_sum not null,
    primary key (account_id, id),
    constraint authorizations_refund_no_more_than_committed check (0 <= refunded and refunded <= committed),
    constraint authorizations_committed_have_a_final_amount
      check ((status = 'committed') = (final_amount is not null and committed_at is not null))
  ) partition by range (id);
  create index authorizations_newest_first on authorizations (environment, id);
`;

// One row debits one ledger account and credits another, so the books can't be out of balance.
const TRANSFERS = `
  create table transfers (
    account_id bigint not null,
    id uuid not null,
    transaction_id uuid not null,
    kind transfer_kind not null,
    debit ledger_account not null,
    credit ledger_account not null,
    amount credit_amount not null constraint transfers_amount_is_positive check (amount > 0),
    grant_id uuid,
    authorization_id uuid,
    corrects uuid,
    reason text,
    created_at timestamptz(3) not null,
    primary key (account_id, id),
    constraint transfers_debit_is_not_credit check (debit <> credit),
    constraint transfers_name_their_grant check ((debit = 'grant' or credit = 'grant') = (grant_id is not null)),
    constraint transfers_name_their_authorization
      check ((kind in ('usage', 'refund')) = (authorization_id is not null)),
    constraint transfers_refund_what_they_correct check ((kind = 'refund') = (corrects is not null)),
    constraint transfers_follow_the_chart check (
      case kind
        when 'grant' then debit in ('funding:paid', 'funding:promotional', 'funding:included') and credit = 'grant'
        when 'usage' then debit in ('grant', 'debt') and credit = 'usage'
        when 'debt_repayment' then debit = 'grant' and credit = 'debt'
        when 'breakage' then debit = 'grant' and credit = 'breakage'
        when 'grant_void' then debit = 'grant' and credit in ('funding:paid', 'funding:promotional', 'funding:included')
        when 'refund' then debit = 'usage' and credit in ('grant', 'debt')
      end)
  ) partition by range (id);
`;

// "key" and "fingerprint" are the first halves of SHA-256 digests. What is remembered for good lives apart from what
// is dropped by the week.
const IDEMPOTENCY_KEYS = `
  create table idempotency_keys (
    account_id bigint not null,
    key uuid not null,
    fingerprint uuid not null,
    status smallint not null,
    body text not null,
    created_at timestamptz(3) not null default clock_timestamp()
  ) partition by range (created_at);
  create table idempotency_keys_kept (
    account_id bigint not null,
    key uuid not null,
    fingerprint uuid not null,
    status smallint not null,
    body text not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    primary key (account_id, key)
  );
`;

// Row triggers of a partitioned table hold for its partitions; TRUNCATE is refused partition by partition.
const APPEND_ONLY = `
  create function refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% of % is refused: transfers are append-only, book a correcting transfer', tg_op, tg_table_name
      using errcode = 'restrict_violation', constraint = 'transfers_are_append_only';
  end $$;
  create trigger transfers_are_append_only before update or delete on transfers
    for each row execute function refuse_change();
  create trigger transfers_are_never_truncated before truncate on transfers
    for each statement execute function refuse_change();
`;

// Called at every start and every day: makes what is missing from this month (week) to some months (weeks) ahead.
const PARTITIONS = `
  create function uuid_at(instant timestamptz) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
  $$;

  create function make_partition(parent regclass, name text, lower_bound text, upper_bound text)
  returns void language plpgsql as $$
  begin
    if to_regclass(name) is not null then return; end if;
    execute format('create table %I partition of %s for values from (%L) to (%L)', name, parent, lower_bound, upper_bound);
    if parent = 'transfers'::regclass then
      execute format('create trigger transfers_are_never_truncated before truncate on %I
        for each statement execute function refuse_change()', name);
    end if;
    if parent = 'idempotency_keys'::regclass then
      execute format('alter table %I add constraint %I unique (account_id, key)', name, name || '_are_unique');
    end if;
  end $$;

  create function make_partitions(instant timestamptz default now(), ahead integer default 3)
  returns void language plpgsql as $$
  declare
    step integer;
    from_time timestamptz;
    to_time timestamptz;
  begin
    -- Two processes that start together would both find a partition missing.
    perform pg_advisory_xact_lock(hashtext('purser:make_partitions'));
    for step in 0..ahead loop
      from_time := (date_trunc('month', instant at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC';
      to_time := (from_time at time zone 'UTC' + interval '1 month') at time zone 'UTC';
      perform make_partition('transfers', to_char(from_time at time zone 'UTC', '"transfers_"YYYY_MM'),
        uuid_at(from_time)::text, uuid_at(to_time)::text);
      perform make_partition('authorizations', to_char(from_time at time zone 'UTC', '"authorizations_"YYYY_MM'),
        uuid_at(from_time)::text, uuid_at(to_time)::text);
      from_time := (date_trunc('week', instant at time zone 'UTC') + make_interval(weeks => step)) at time zone 'UTC';
      to_time := from_time + interval '7 days';
      perform make_partition('idempotency_keys', to_char(from_time at time zone 'UTC', '"idempotency_keys_"IYYY_"w"IW'),
        to_char(from_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'), to_char(to_time at time zone 'UTC', 'YYYY-MM-DD"T00:00:00Z"'));
    end loop;
  end $$;

  create function drop_old_idempotency_keys(keep interval, instant timestamptz default now())
  returns setof text language plpgsql as $$
  declare
    name text;
  begin
    for name in
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'idempotency_keys'::regclass and c.relname ~ '^idempotency_keys_[0-9]{4}_w[0-9]{2}$'
    loop
      continue when (to_date(right(name, 8), 'IYYY"_w"IW') + 7)::timestamp at time zone 'UTC' > instant - keep;
      execute format('drop table %I', name);
      return next name;
    end loop;
  end $$;

  create table transfers_default partition of transfers default;
  create trigger transfers_are_never_truncated before truncate on transfers_default
    for each statement execute function refuse_change();
  create table authorizations_default partition of authorizations default;
  create table idempotency_keys_default partition of idempotency_keys default;
  alter table idempotency_keys_default add constraint idempotency_keys_default_are_unique unique (account_id, key);
  select make_partitions();
`;

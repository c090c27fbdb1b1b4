import { sql, type Kysely } from 'kysely';

/** What the path of every decision needs, and what it can do without. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(REFUSE_BATCH).execute(db);
  await sql.raw(HOLDS_WITHOUT_LOOK_UP).execute(db);
  await sql.raw(LISTS).execute(db);
  await sql.raw(VACUUM).execute(db);
}

// Called only by a guard that has found that a batch can't be written as it was decided. The codes are of a class that
// Postgres doesn't use.
const REFUSE_BATCH = `
  create function refuse_batch(code text) returns boolean language plpgsql as $$
  begin
    case code
      when 'PU001' then raise exception 'the batch was decided on accounts that have moved on' using errcode = 'PU001';
      when 'PU002' then raise exception 'a request of the batch was answered before' using errcode = 'PU002';
    end case;
  end $$;
`;

// A hold is only written under the lock of its account's row, so the look-up per hold, a fifth of what an authorization
// cost the database, could find nothing that isn't known. "purser verify" asks for it.
const HOLDS_WITHOUT_LOOK_UP = `
  alter table holds drop constraint holds_account_exists;
`;

// Most authorizations are committed, so the others are few among millions, and a list of them has an index of its own that
// costs a committed one nothing. The condition of the last index is always true: it keeps the index for the lists that
// repeat it. A look-up by id would otherwise be planned on it too while a partition is empty, through all its rows.
const LISTS = `
  create index authorizations_not_committed on authorizations (environment, status, id) where status <> 'committed';
  create index authorizations_of_account_not_committed on authorizations (account_id, status, id)
    where status <> 'committed';
  drop index authorizations_newest_first;
  create index authorizations_newest_first on authorizations (environment, id) where environment > '';
`;

// Autovacuum's defaults are for tables whose rows change evenly.
// Holds come and go and are hardly ever updated: they need no room for new versions, but dead ones must go soon and at full
// speed. After 250 000 pairs on one account the defaults left 71 MB, these settings 26 MB.
// Of accounts and grants some take all the updates, so they are vacuumed by number: a fifth of a million accounts at rest
// would let 200 000 dead versions gather on the pages of the few.
// Idempotency keys are only added, and dropped with their partition: to vacuum them for that is work for nothing.
const VACUUM = `
  alter table holds set (fillfactor = 100,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
  alter table accounts set
    (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
  alter table grants set
    (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

  create or replace function make_partition(parent regclass, name text, lower_bound text, upper_bound text)
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
      execute format('alter table %I set (autovacuum_vacuum_insert_threshold = -1)', name);
    end if;
  end $$;
  do $$
  declare
    partition regclass;
  begin
    for partition in select inhrelid::regclass from pg_inherits where inhparent = 'idempotency_keys'::regclass loop
      execute format('alter table %s set (autovacuum_vacuum_insert_threshold = -1)', partition);
    end loop;
  end $$;
`;

import { sql, type Kysely } from 'kysely';

/** Who may do what: scopes, expiry, revocation and addresses of API keys, and a log of what was changed by whom. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(API_KEYS).execute(db);
  await sql.raw(AUDIT_LOG).execute(db);
  await sql.raw(PRIVILEGES).execute(db);
}

// "version" rises with every change that decides whether a key is let in. Keys are never deleted, so the sum of all versions
// and the number of keys tell every process whether it knows them all, whatever order changes are committed in.
// A key that was there before could do everything, so it is an admin's; the one called "admin" came from the environment
// variables, or was made at the first start.
const API_KEYS = `
  create type api_scope as enum ('authorize', 'read', 'admin');
  alter table api_keys
    add column prefix text constraint api_keys_prefix_is_short check (length(prefix) between 1 and 64),
    add column scopes api_scope[] not null default '{admin}' constraint api_keys_have_a_scope check (cardinality(scopes) > 0),
    add column allowed_addresses text[] not null default '{}',
    add column expires_at timestamptz(3),
    add column revoked_at timestamptz(3),
    add column last_used_at timestamptz(3),
    add column created_by uuid,
    add column from_configuration boolean not null default false,
    add column version integer not null default 1;
  alter table api_keys alter column scopes drop default;
  alter table api_keys drop constraint api_keys_name_is_unique;
  update api_keys set from_configuration = name = 'admin';
  create unique index api_keys_one_from_configuration on api_keys (environment)
    where from_configuration and revoked_at is null;
  create index api_keys_newest_first on api_keys (environment, id);
  alter table environments add column created_by uuid;
`;

const AUDIT_LOG = `
  create table audit_log (
    environment text not null,
    id uuid not null,
    actor_key uuid,
    actor_name text not null,
    call text not null,
    object text not null,
    before jsonb,
    after jsonb,
    request_id text,
    created_at timestamptz(3) not null default clock_timestamp(),
    primary key (environment, id)
  );
  create index audit_log_of_object on audit_log (environment, object, id);
  create function refuse_audit_change() returns trigger language plpgsql as $$
  begin
    raise exception '% of the audit log is refused: it is append-only', tg_op
      using errcode = 'restrict_violation', constraint = 'audit_log_is_append_only';
  end $$;
  create trigger audit_log_is_append_only before update or delete on audit_log
    for each row execute function refuse_audit_change();
  create trigger audit_log_is_never_truncated before truncate on audit_log
    for each statement execute function refuse_audit_change();
`;

const PRIVILEGES = `
  grant insert on api_keys, environments to purser_app;
  grant update (expires_at, revoked_at, last_used_at, version) on api_keys to purser_app;
  grant select, insert on audit_log to purser_app;
`;

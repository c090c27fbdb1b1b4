import { sql, type Kysely } from 'kysely';

/** Accounts can be found by what is known of them, closed and erased, and API keys can be bound to one account. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [SEARCH, CLOSING, ERASING, AUDIT_LOG, API_KEYS]) await sql.raw(statement).execute(db);
}

// Most accounts are active, so an index of the others finds these, and "accounts_newest_first" serves whoever asks for all.
const SEARCH = `
  create index accounts_by_external_id on accounts (environment, external_id text_pattern_ops);
  create index accounts_by_metadata on accounts using gin (metadata jsonb_path_ops);
  create index accounts_not_active on accounts (environment, status, created_at, account_id) where status <> 'active';
`;

// "remainder" says where credits of a closed account go, also those that a refund gives back later.
const CLOSING = `
  alter type account_status add value 'closed';
  alter table accounts
    add column closed_at timestamptz(3),
    add column remainder text constraint accounts_remainder_is_known check (remainder in ('breakage', 'return')),
    add constraint accounts_closed_with_a_remainder check ((closed_at is null) = (remainder is null));
  grant update (closed_at, remainder) on accounts to purser_app;
`;

// One row per account that is being erased: the table at hand, and the last row of it that was erased.
const ERASING = `
  alter table accounts
    add column erasure_requested_at timestamptz(3)
      constraint accounts_erased_once_closed check (erasure_requested_at is null or closed_at is not null),
    add column erased_at timestamptz(3)
      constraint accounts_erased_on_request check (erased_at is null or erasure_requested_at is not null);
  grant update (erasure_requested_at, erased_at) on accounts to purser_app;
  create index accounts_to_erase on accounts (account_id) where erasure_requested_at is not null and erased_at is null;
  create table erasures (
    account_id bigint primary key,
    stage text not null,
    after_id uuid not null
  );
`;

// Who changed what and when stays for good. What the object was may be erased, and only by the owner of the table, in a
// transaction that says so.
const AUDIT_LOG = `
  create or replace function refuse_audit_change() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' and current_setting('purser.erasing', true) = 'on' then
      if (new.environment, new.id, new.actor_key, new.actor_name, new.call, new.object, new.request_id, new.created_at)
        is not distinct from
        (old.environment, old.id, old.actor_key, old.actor_name, old.call, old.object, old.request_id, old.created_at)
      then return new; end if;
    end if;
    raise exception '% of the audit log is refused: it is append-only', tg_op
      using errcode = 'restrict_violation', constraint = 'audit_log_is_append_only';
  end $$;
`;

// The account's own id, of the key's environment.
const API_KEYS = `
  alter table api_keys add column account text;
`;

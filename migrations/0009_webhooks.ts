import { sql, type Kysely } from 'kysely';

/** Where events are sent to, and how far each of them has got. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(ENDPOINTS).execute(db);
  await sql.raw(DELIVERIES).execute(db);
  await sql.raw(PRIVILEGES).execute(db);
}

// Few and small, so on a sharded database every node has all of them. No "types" means all of them. The secrets are
// encrypted; where a secret was rolled, the one before signs as well until its time.
const ENDPOINTS = `
  create table webhook_endpoints (
    id uuid primary key,
    environment text not null constraint webhook_endpoints_environment_exists references environments (name),
    url text not null constraint webhook_endpoints_url_is_short check (length(url) between 1 and 2048),
    types text[] constraint webhook_endpoints_types_are_some check (cardinality(types) > 0),
    account text,
    account_id bigint,
    description text,
    enabled boolean not null default true,
    disabled_reason text
      constraint webhook_endpoints_disabled_reason_is_known check (disabled_reason in ('request', 'gone', 'failing')),
    failing_since timestamptz(3),
    failing_told smallint not null default 0,
    secret bytea not null,
    previous_secret bytea,
    previous_secret_until timestamptz(3),
    created_by uuid,
    created_at timestamptz(3) not null default clock_timestamp(),
    constraint webhook_endpoints_disabled_for_a_reason check (enabled = (disabled_reason is null)),
    constraint webhook_endpoints_account_has_its_key check ((account is null) = (account_id is null))
  );
  create index webhook_endpoints_newest_first on webhook_endpoints (environment, id);
`;

// One row for an event and an endpoint, so no event is queued for an endpoint twice. "account_id" is the event's. Whoever
// sends takes a lease: until "next_attempt_at" the delivery is its own, and due again if nothing was heard of it by then.
// "tries" counts since the delivery was queued or queued again, "attempt_count" all of them; the last attempts are kept.
const DELIVERIES = `
  create table webhook_deliveries (
    account_id bigint not null,
    event_id uuid not null,
    endpoint_id uuid not null,
    status text not null default 'pending'
      constraint webhook_deliveries_status_is_known check (status in ('pending', 'delivered', 'failed')),
    tries smallint not null default 0,
    attempt_count integer not null default 0,
    next_attempt_at timestamptz(3) not null default now(),
    lease uuid,
    announced boolean not null,
    attempts jsonb not null default '[]',
    created_at timestamptz(3) not null default now(),
    delivered_at timestamptz(3),
    primary key (account_id, event_id, endpoint_id)
  );
  create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at) where status = 'pending';
  create index webhook_deliveries_under_way on webhook_deliveries (endpoint_id) where lease is not null;
  create index webhook_deliveries_to_announce on webhook_deliveries (created_at) where not announced;
  create index webhook_deliveries_newest_first on webhook_deliveries (endpoint_id, event_id);
  create index webhook_deliveries_oldest_first on webhook_deliveries (created_at);
`;

const PRIVILEGES = `
  grant select, insert, delete on webhook_endpoints, webhook_deliveries to purser_app;
  grant update (url, types, description, enabled, disabled_reason, failing_since, failing_told, secret, previous_secret,
    previous_secret_until) on webhook_endpoints to purser_app;
  grant update (status, tries, attempt_count, next_attempt_at, lease, announced, attempts, delivered_at)
    on webhook_deliveries to purser_app;
`;

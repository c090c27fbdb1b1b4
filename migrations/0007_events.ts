import { sql, type Kysely } from 'kysely';

/** What customers are told: alerts and other events, written in the transaction that makes them true. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [RULES, ALERT_STATE, GRANT_STATE, EVENTS, DECLINES, PRIVILEGES])
    await sql.raw(statement).execute(db);
}

// Percentages of the last fill, and absolute levels. An account without its own follows its environment's.
const RULES = `
  alter table environments
    add column alert_rules jsonb not null default '{"percent": [50, 75, 90, 100], "remaining": []}';
  alter table accounts add column alert_rules jsonb not null default '{"percent": null, "remaining": null}';
`;

// An account that was there before begins as if its last fill had been now.
const ALERT_STATE = `
  alter table accounts
    add column alert_basis credit_sum not null default 0,
    add column alert_epoch integer not null default 0,
    add column alert_arming integer not null default 0,
    add column alerted_percent integer not null default 0,
    add column event_sequence bigint not null default 0,
    add column usage_total credit_sum not null default 0,
    add column usage_marks jsonb not null default '[]';
  update accounts a set alert_epoch = 1, alert_basis = greatest(0, g.posted - a.debt)
  from (
    select account_id, sum(remaining) as posted from grants where open and effective_at <= now() group by account_id
  ) g where g.account_id = a.account_id;

  -- Each alert is sent once, whatever goes wrong: "threshold" is a percentage of an epoch, or a level of an arming.
  create table alerts (
    account_id bigint not null,
    rule text not null constraint alerts_have_a_known_rule check (rule in ('percent', 'remaining')),
    round integer not null,
    threshold credit_amount not null,
    event_id uuid not null,
    constraint alerts_are_sent_once primary key (account_id, rule, round, threshold)
  );
`;

// "entered" says that the account's alerts know of the grant, "expired" that its expiry was told, "expiry_notices" how many
// notices of it were given.
// None of these columns changes with every decision, so they may stand in indexes.
const GRANT_STATE = `
  alter table grants
    add column entered boolean not null default true,
    add column expired boolean not null default false,
    add column expiry_notices smallint not null default 0;
  update grants set entered = false where effective_at > now();
  create index grants_to_enter on grants (effective_at) where open and not entered;
  create index grants_to_expire on grants (expiry_notices, expires_at) where open and not expired and voided_at is null;
`;

// "occurred_at" is by the account's clock, "recorded_at" real. What no account owns stands under its environment's own key
// and has no sequence.
const EVENTS = `
  create table events (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    type text not null,
    sequence bigint,
    data jsonb not null,
    occurred_at timestamptz(3) not null,
    recorded_at timestamptz(3) not null default clock_timestamp(),
    relayed_at timestamptz(3),
    primary key (account_id, id),
    constraint events_are_in_sequence unique (account_id, sequence)
  );
  create index events_newest_first on events (environment, recorded_at, id);
  create index events_to_relay on events (recorded_at) where relayed_at is null;
`;

// Declines are counted by the minute, in real time. A sweep tells of the minutes that are over and takes them out.
const DECLINES = `
  create table declines (
    account_id bigint not null,
    minute timestamptz(3) not null,
    requests integer not null,
    primary key (account_id, minute)
  ) with (fillfactor = 50);
  create index declines_to_tell on declines (minute);
`;

const PRIVILEGES = `
  grant update (alert_rules) on environments to purser_app;
  grant update (alert_rules, alert_basis, alert_epoch, alert_arming, alerted_percent, event_sequence,
    usage_total, usage_marks) on accounts to purser_app;
  grant update (entered, expired, expiry_notices) on grants to purser_app;
  grant select, insert, delete on declines to purser_app;
  grant update (requests) on declines to purser_app;
  grant select, insert on alerts to purser_app;
  grant select, insert, delete on events to purser_app;
  grant update (relayed_at) on events to purser_app;
`;

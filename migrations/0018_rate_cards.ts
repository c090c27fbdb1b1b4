import { sql, type Kysely } from 'kysely';

/** What usage costs: rate cards with their versions, and what else an environment has set. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(RATE_CARDS).execute(db);
  await sql.raw(SETTINGS).execute(db);
  await sql.raw(PRIVILEGES).execute(db);
}

// The first version of a card has always been in effect, whatever its "effective_at" says. A later one is in effect from
// "effective_at" on by the clock of an account, and from "known_from" on by real time: by then every process has it.
// Authorizations keep the number of the version that they were priced with, so a version never changes. Its prices are shown
// as they were sent, with their names in that order: "json" keeps it.
const RATE_CARDS = `
  create table rate_cards (
    id uuid primary key,
    environment text not null constraint rate_cards_environment_exists references environments (name),
    name text not null constraint rate_cards_name_is_short check (length(name) between 1 and 256),
    unit text not null constraint rate_cards_unit_is_short check (length(unit) between 1 and 32),
    purpose text not null constraint rate_cards_purpose_is_known check (purpose in ('price', 'cost')),
    archived_at timestamptz(3),
    created_by uuid,
    created_at timestamptz(3) not null default clock_timestamp()
  );
  create index rate_cards_newest_first on rate_cards (environment, id);

  create table rate_card_versions (
    rate_card uuid not null constraint rate_card_versions_rate_card_exists references rate_cards (id),
    version integer not null constraint rate_card_versions_count_from_one check (version >= 1),
    prices json not null,
    effective_at timestamptz(3) not null,
    known_from timestamptz(3) not null,
    created_by uuid,
    created_at timestamptz(3) not null default clock_timestamp(),
    primary key (rate_card, version)
  );
  create function refuse_version_change() returns trigger language plpgsql as $$
  begin
    raise exception '% of a rate card''s version is refused: publish a new version', tg_op
      using errcode = 'restrict_violation', constraint = 'rate_card_versions_are_immutable';
  end $$;
  create trigger rate_card_versions_are_immutable before update or delete on rate_card_versions
    for each row execute function refuse_version_change();
  create trigger rate_card_versions_are_never_truncated before truncate on rate_card_versions
    for each statement execute function refuse_version_change();
`;

// "version" rises with every change, so that processes that keep them in memory see whether theirs are current.
const SETTINGS = `
  create table settings (
    environment text primary key constraint settings_environment_exists references environments (name),
    time_zone text not null,
    currency text not null constraint settings_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
    price_per_credit credit_amount constraint settings_price_per_credit_is_positive check (price_per_credit >= 0),
    cost_card uuid constraint settings_cost_card_exists references rate_cards (id),
    version integer not null default 1
  );
`;

const PRIVILEGES = `
  grant select, insert on rate_cards, rate_card_versions, settings to purser_app;
  grant update (archived_at) on rate_cards to purser_app;
  grant update (time_zone, currency, price_per_credit, cost_card, version) on settings to purser_app;
`;

import { sql, type Kysely } from 'kysely';

/** Plans: what an account gets by one call. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [PLANS, VERSIONS, PRIVILEGES]) await sql.raw(statement).execute(db);
}

const PLANS = `
  create table plans (
    id uuid primary key,
    environment text not null constraint plans_environment_exists references environments (name),
    version integer not null constraint plans_versions_count_from_one check (version >= 1),
    created_by uuid,
    created_at timestamptz(3) not null default clock_timestamp()
  );
  create index plans_newest_first on plans (environment, id);
`;

// Terms are shown in the order of their names in which they were sent, which "json" keeps; "card_unit" is the unit of their rate card.
// An account keeps the number of the version that it is on, so a version never changes. Accounts that are on the plan take one that
// has "applies_from" with the first period of theirs that begins at that time or later, by their clock; the others take the plan as
// it is when they come to it.
const VERSIONS = `
  create table plan_versions (
    plan uuid not null constraint plan_versions_plan_exists references plans (id),
    version integer not null constraint plan_versions_count_from_one check (version >= 1),
    name text not null constraint plan_versions_name_is_short check (length(name) between 1 and 256),
    terms json not null,
    card_unit text,
    applies_from timestamptz(3),
    created_by uuid,
    created_at timestamptz(3) not null default clock_timestamp(),
    primary key (plan, version)
  );
  create index plan_versions_that_apply on plan_versions (plan, version) where applies_from is not null;
  create function refuse_plan_version_change() returns trigger language plpgsql as $$
  begin
    raise exception '% of a plan''s version is refused: add a new version', tg_op
      using errcode = 'restrict_violation', constraint = 'plan_versions_are_immutable';
  end $$;
  create trigger plan_versions_are_immutable before update or delete on plan_versions
    for each row execute function refuse_plan_version_change();
  create trigger plan_versions_are_never_truncated before truncate on plan_versions
    for each statement execute function refuse_plan_version_change();
`;

const PRIVILEGES = `
  grant select, insert on plans, plan_versions to purser_app;
  grant update (version) on plans to purser_app;
`;

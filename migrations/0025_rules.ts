import { sql, type Kysely } from 'kysely';

/** Rules against usage that runs away, and what they have done about accounts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [RULES, WATCHED]) await sql.raw(statement).execute(db);
}

// Constant defaults change no row, so the columns are added at once, however many accounts there are.
const RULES = `
  alter table environments add column rules jsonb not null default '{}';
  grant update (rules) on environments to purser_app;
  alter table accounts
    add column rules jsonb not null default '{}',
    add column restraints jsonb not null default '[]';
  grant update (rules, restraints) on accounts to purser_app;
`;

// The accounts that have, or had, rules of their own or restraints: an index on accounts would have to read all of them.
const WATCHED = `
  create table watched_accounts (
    account_id bigint primary key
  );
  grant select, insert on watched_accounts to purser_app;
`;

import { sql, type Kysely } from 'kysely';

/** Rows that accounts own refer to nothing else, and an authorization says which API key asked for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(NO_KEY_TO_ENVIRONMENTS).execute(db);
  await sql.raw(KEY_IDS).execute(db);
}

// So that accounts can be moved to a schema of their own. Environments are never deleted, and an account gets the environment
// of the API key that opens it. "purser verify" checks what the foreign key would.
const NO_KEY_TO_ENVIRONMENTS = `
  alter table accounts drop constraint accounts_environment_exists;
`;

// Authorizations made before don't say. A nullable column without a default changes no row, so it is added at once, however
// large the tables are.
const KEY_IDS = `
  alter table holds add column key_id uuid;
  alter table authorizations add column key_id uuid;
`;

import { sql, type Kysely } from 'kysely';

/** Rows that accounts own refer to nothing else. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(NO_KEY_TO_ENVIRONMENTS).execute(db);
}

// So that accounts can be moved to a schema of their own. Environments are never deleted, and an account gets the environment
// of the API key that opens it. "purser verify" checks what the foreign key would.
const NO_KEY_TO_ENVIRONMENTS = `
  alter table accounts drop constraint accounts_environment_exists;
`;

import { sql, type Kysely } from 'kysely';

/** From which percentage clients are told to save, and how. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(SETTINGS).execute(db);
}

const SETTINGS = `
  alter table settings
    add column economize_from smallint not null default 80
      constraint settings_economize_from_is_a_percentage check (economize_from between 1 and 100),
    add column model_hint text;
  grant update (economize_from, model_hint) on settings to purser_app;
`;

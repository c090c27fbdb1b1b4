import { sql, type Kysely } from 'kysely';

/** How an environment's usage is charged to cost centres. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
    alter table settings add column chargeback_splits jsonb not null default '[]';
    grant update (chargeback_splits) on settings to purser_app;
  `,
    )
    .execute(db);
}

import { sql, type Kysely } from 'kysely';

/** What a running service tells of its database: whether it has all the migrations, and what the last check of the books found. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('grant select on purser_migration to purser_app').execute(db);
  await sql.raw(VERIFICATIONS).execute(db);
}

// One row for each run of "purser verify", which is another process than the service. "as_of" is the time of the snapshot.
const VERIFICATIONS = `
  create table verifications (
    id uuid primary key default gen_random_uuid(),
    as_of timestamptz(3) not null,
    differences bigint not null constraint verifications_count_differences check (differences >= 0)
  );
  create index verifications_newest_first on verifications (as_of desc);
  grant select on verifications to purser_app;
`;

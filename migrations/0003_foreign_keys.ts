import { sql, type Kysely } from 'kysely';

/**
 * What must exist before something else can. Apart from the tables, because a distributed Postgres wants the tables
 * distributed first. Tables that only grow have none: `purser verify` checks what theirs would.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
      alter table api_keys add constraint api_keys_environment_exists
        foreign key (environment) references environments (name);
      alter table accounts add constraint accounts_environment_exists
        foreign key (environment) references environments (name);
      alter table grants add constraint grants_account_exists
        foreign key (account_id) references accounts (account_id);
      alter table holds add constraint holds_account_exists
        foreign key (account_id) references accounts (account_id);
    `,
    )
    .execute(db);
}

import { sql, type Kysely } from 'kysely';

/** Why requests were declined, whose, and of which users and features. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(DECLINED_REQUESTS).execute(db);
}

// "declines" counts what an account's owner isn't told of yet, and is emptied when he is. This one is for reports: it is written
// behind the decisions, by the minute of the account's clock, with those tags that reports know.
const DECLINED_REQUESTS = `
  create table declined_requests (
    account_id bigint not null,
    minute timestamptz(0) not null,
    reason text not null,
    tags jsonb not null,
    environment text not null,
    requests bigint not null,
    primary key (account_id, minute, reason, tags)
  );
  create index declined_requests_by_time on declined_requests (environment, minute);
  grant select, insert, update, delete on declined_requests to purser_app;
`;

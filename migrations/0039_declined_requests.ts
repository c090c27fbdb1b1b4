import { sql, type Kysely } from 'kysely';

/** Why requests were declined, whose, and of which users and features. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(DECLINED_REQUESTS).execute(db);
}

// "declines" counts what an account's owner isn't told of yet, and is emptied when he is. This one is for reports: it is written
// behind the decisions, by the minute of the account's clock, with those tags that reports know. Eight tags may be longer than what an
// index takes: the key has their SHA-256.
const DECLINED_REQUESTS = `
  create table declined_requests (
    account_id bigint not null,
    minute timestamptz(0) not null,
    reason text not null,
    tags jsonb not null,
    tags_hash bytea not null constraint declined_requests_tags_hash_is_sha256 check (octet_length(tags_hash) = 32),
    environment text not null,
    requests bigint not null,
    primary key (account_id, minute, reason, tags_hash)
  );
  create index declined_requests_by_time on declined_requests (environment, minute);
  grant select, insert, update, delete on declined_requests to purser_app;
`;

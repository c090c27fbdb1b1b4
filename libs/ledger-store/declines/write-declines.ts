import type { AccountKey, Tags } from '#ledger';
import { isoTime } from '../iso-time.ts';
import { arrayOf, type Statement } from '../statement.ts';

/** How many requests of an account were declined in a minute, for one reason and with the same tags. */
export interface CountedDecline {
  readonly environment: string;
  readonly accountKey: AccountKey;
  /** By the account's clock, in milliseconds since 1970. */
  readonly minute: number;
  readonly reason: string;
  readonly tags: Tags;
  requests: number;
}

/** By which rows of the same tags are known. Postgres writes equal objects as one text. */
export const TAGS_HASH = `sha256(convert_to(tags::jsonb::text, 'UTF8'))`;

/** Adds counts to those that are written. Two processes that write the same rows do so in one order, so that neither waits for ever. */
export function writeDeclines(counts: readonly CountedDecline[]): Statement {
  return {
    name: 'write_declines',
    text: `insert into declined_requests as d (account_id, minute, reason, tags, tags_hash, environment, requests)
      select account_id, minute, reason, tags::jsonb, ${TAGS_HASH}, environment, requests
      from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::bigint[])
        v (account_id, minute, reason, tags, environment, requests)
      order by account_id, minute, reason, 5
      on conflict (account_id, minute, reason, tags_hash) do update set requests = d.requests + excluded.requests`,
    values: [
      arrayOf(counts.map(({ accountKey }) => accountKey)),
      arrayOf(counts.map(({ minute }) => isoTime(minute))),
      counts.map(({ reason }) => reason),
      counts.map(({ tags }) => JSON.stringify(tags)),
      counts.map(({ environment }) => environment),
      arrayOf(counts.map(({ requests }) => requests)),
    ],
  };
}

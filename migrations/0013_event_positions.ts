import { sql, type Kysely } from 'kysely';

/**
 * Events of a whole environment can be followed: the relay numbers them, one relay at a time. Those relayed before get no number:
 * to write them all anew would stop the service for as long.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [POSITIONS, ORDER, PRIVILEGES]) await sql.raw(statement).execute(db);
}

// "last_position" is the one that the relay has given last, over all environments. It outlives the events, which are deleted
// after a while.
const POSITIONS = `
  alter table events add column position bigint;
  create table event_feed (
    only_row boolean primary key default true constraint event_feed_is_one_row check (only_row),
    last_position bigint not null
  );
  insert into event_feed (last_position) values (0);
`;

// Decisions write events without a position, so they write nothing to this index.
const ORDER = `
  create index events_in_order on events (environment, position) where position is not null;
`;

const PRIVILEGES = `
  grant update (position) on events to purser_app;
  grant select on event_feed to purser_app;
  grant update (last_position) on event_feed to purser_app;
`;

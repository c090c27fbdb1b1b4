import { sql, type Kysely } from 'kysely';

/** Hours that used more than is usual. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [ANOMALIES, LATEST]) await sql.raw(statement).execute(db);
}

// "model" is '' where it is about all usage. "suspected" hours were seen once; nobody is told of them. "looked_at" is real time, all others
// are the account's. "used", "usual" and "threshold" are those of "peak".
const ANOMALIES = `
  create table anomalies (
    account_id bigint not null,
    id uuid not null,
    environment text not null,
    model text not null,
    state text not null
      constraint anomalies_have_a_known_state check (state in ('suspected', 'open', 'acknowledged', 'closed')),
    started_at timestamptz(3) not null,
    last_hour timestamptz(3) not null,
    ended_at timestamptz(3),
    peak timestamptz(3) not null,
    used credit_sum not null,
    usual credit_sum not null,
    threshold credit_sum not null,
    looked_at timestamptz(3) not null,
    is_told boolean not null default false,
    primary key (account_id, id)
  );
  create unique index anomalies_under_way on anomalies (account_id, model) where ended_at is null;
  create index anomalies_newest on anomalies (environment, id);
  grant select, insert, update, delete on anomalies to purser_app;
`;

// Which accounts have used something since some moment: their newest slots stand at the end of the table.
const LATEST =
  'create index usage_slots_latest on usage_slots using brin (slot) with (pages_per_range = 32, autosummarize = on)';

import { sql, type Kysely } from 'kysely';

/** What workers are asking payment providers for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(PAYMENT_ATTEMPTS).execute(db);
}

// A row while a payment is being collected or a refund is being paid, and none before and after: so it is apart from the purchase,
// which the ledger writes. Its "id" is that of the purchase or of the refund. Whoever asks the provider has a lease: until
// "next_attempt_at" nobody else asks, and it is due again if nothing was heard of it by then. "processing": the provider has taken it
// on, and will say later what came of it. All times are real.
const PAYMENT_ATTEMPTS = `
  create table payment_attempts (
    account_id bigint not null,
    id uuid not null,
    purchase_id uuid not null,
    lease uuid,
    tries integer not null default 0,
    failure text,
    processing boolean not null default false,
    next_attempt_at timestamptz(3) not null,
    first_at timestamptz(3) not null default clock_timestamp(),
    primary key (account_id, id)
  ) with (fillfactor = 50);
  create index payment_attempts_due on payment_attempts (next_attempt_at);
  grant select, insert, delete on payment_attempts to purser_app;
  grant update (lease, tries, failure, processing, next_attempt_at) on payment_attempts to purser_app;
`;

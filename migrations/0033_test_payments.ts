import { sql, type Kysely } from 'kysely';

/** The books of the payment provider for tests, kept as if they were at the provider's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(TEST_PAYMENTS).execute(db);
  await sql.raw(PRIVILEGES).execute(db);
}

// "requests" counts how often a payment was asked for, "charges" how often money was taken: never more than once. "reports"
// lists what is still to be reported by events. A refund without an "id" was made at the provider.
const TEST_PAYMENTS = `
  create table test_payments (
    purchase text primary key,
    environment text not null constraint test_payments_never_live check (environment <> 'live'),
    account text not null,
    price credit_amount not null constraint test_payments_price_is_positive check (price > 0),
    currency text not null,
    payment_method text not null,
    status text not null
      constraint test_payments_status_is_known check (status in ('requires_action', 'succeeded', 'failed')),
    failure text,
    refunds jsonb not null default '[]',
    dispute text constraint test_payments_dispute_is_known check (dispute in ('opened', 'won', 'lost')),
    reports text[] not null default '{}',
    requests integer not null,
    charges integer not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    constraint test_payments_fail_for_a_reason check ((status = 'failed') = (failure is not null)),
    constraint test_payments_charge_what_succeeded check (charges = 0 or status = 'succeeded')
  );
  create index test_payments_newest_first on test_payments (created_at, purchase);
  create index test_payments_to_report on test_payments (created_at) where reports <> '{}';
`;

const PRIVILEGES = `
  grant select, insert on test_payments to purser_app;
  grant update (status, failure, refunds, dispute, reports, requests, charges) on test_payments to purser_app;
`;

import { sql, type Kysely } from 'kysely';

/** What an environment sells: credits at a price. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(CREDIT_PACKAGES).execute(db);
}

// A purchase copies what it was sold for, so a package may change or be archived at any time, and is never deleted.
const CREDIT_PACKAGES = `
  create table credit_packages (
    id uuid primary key,
    environment text not null constraint credit_packages_environment_exists references environments (name),
    name text not null constraint credit_packages_name_is_short check (length(name) between 1 and 256),
    credits credit_amount not null constraint credit_packages_credits_are_positive check (credits > 0),
    bonus_credits credit_amount not null constraint credit_packages_bonus_is_not_negative check (bonus_credits >= 0),
    price credit_amount not null constraint credit_packages_price_is_positive check (price > 0),
    currency text not null constraint credit_packages_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
    expires_after_s integer constraint credit_packages_expire_later check (expires_after_s > 0),
    priority smallint not null constraint credit_packages_priority_is_a_byte check (priority between 0 and 255),
    archived_at timestamptz(3),
    created_by uuid,
    created_at timestamptz(3) not null default clock_timestamp()
  );
  create index credit_packages_newest_first on credit_packages (environment, id);

  grant select, insert on credit_packages to purser_app;
  grant update (name, credits, bonus_credits, price, currency, expires_after_s, priority, archived_at)
    on credit_packages to purser_app;
`;
